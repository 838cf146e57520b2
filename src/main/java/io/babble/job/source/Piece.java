package io.babble.job.source;

import io.babble.records.DeadLetter;

/**
 * A small part of a record's text. Records are cut into pieces, so that little text waits ahead of a checkpoint barrier.
 *
 * @param stream that the text belongs to
 * @param text bytes of the record's value; may be empty where something ends
 * @param ending what ends after the text
 * @param topic of the record
 * @param partition of the record
 * @param offset of the record
 * @param timestamp of the record, ms since 1970
 * @param unreadable the record as a dead letter if it is no text, else null; then everything else has no meaning
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

    /** What ends after a piece. */
    public enum Ending {
        NOTHING,
        TEXT,
        STREAM
    }

    /** A dead letter with some bytes of this piece. */
    public DeadLetter deadLetter(byte[] bytes, String error) {
        return new DeadLetter(null, bytes, error, topic, partition, offset);
    }
}
