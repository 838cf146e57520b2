package io.babble.job.source;

import io.babble.records.DeadLetter;
import io.babble.text.RecordId;
import io.babble.text.RecordPart;
import io.babble.text.RecordPart.Ending;

/**
 * A small part of a record's text. Records are cut into pieces, so that little text waits ahead of a checkpoint
 * barrier.
 *
 * @param stream that the text belongs to
 * @param text bytes of the record's value; may be empty where something ends
 * @param ending what ends after the text
 * @param topic of the record
 * @param partition of the record
 * @param offset of the record
 * @param timestamp of the record, ms since 1970
 * @param first whether it is the record's first piece
 * @param last whether it is the record's last piece
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
        boolean first,
        boolean last,
        DeadLetter unreadable) {

    /** Most bytes of text in a piece. */
    public static final int MAX_BYTES = 256;

    /** The piece as a part of its record. */
    public RecordPart part() {
        return new RecordPart(new RecordId(topic, partition, offset), timestamp, text, ending, first, last);
    }
}
