package io.babble.job.source;

import io.babble.records.DeadLetter;

/**
 * A small part of a stream's text. Records are cut into pieces, so that little text waits ahead of a checkpoint barrier.
 *
 * @param stream that the text belongs to
 * @param text bytes of the record's value; may be empty where something ends
 * @param ending what ends behind the text
 * @param topic it came from
 * @param partition it came from
 * @param offset it came from
 * @param timestamp of the record, ms since 1970
 * @param unreadable what the record is instead of text, or null; all else is meaningless then
 */
public record Piece(
        String stream,
        byte[] text,
        Ending ending,
        String topic,
        int partition,
        long offset,
        long timestamp,
        DeadLetter unreadable) {

    /** Most bytes of text in a piece. */
    public static final int MAX_BYTES = 256;

    /** What ends behind a piece. */
    public enum Ending {
        NOTHING,
        TEXT,
        STREAM
    }

    /** Bytes of this piece that are no text, as a dead letter. */
    public DeadLetter deadLetter(byte[] bytes, String error) {
        return new DeadLetter(null, bytes, error, topic, partition, offset);
    }
}
