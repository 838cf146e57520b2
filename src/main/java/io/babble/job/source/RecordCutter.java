package io.babble.job.source;

import io.babble.records.KafkaRecords;
import io.babble.records.RawRecord;
import io.babble.text.RecordPart.Ending;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Assigns a record to its stream and cuts its text into pieces.
 *
 * @param maxBytes longest text of a record
 * @param sharedStreams number of streams that a partition's records without a key are spread over
 */
record RecordCutter(int maxBytes, int sharedStreams) implements Serializable {
    private static final byte[] NO_TEXT = {};

    /** The piece that begins at byte {@code position} of the record's value. */
    Piece piece(RawRecord record, int position) {
        String problem = problem(record);
        int end = end(record, position);
        boolean last = record.value() == null || end == record.value().length;
        byte[] text =
                problem == null && record.value() != null ? Arrays.copyOfRange(record.value(), position, end) : NO_TEXT;
        return new Piece(
                problem == null ? stream(record) : "",
                text,
                problem == null && last ? ending(record) : Ending.NOTHING,
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                position == 0,
                last,
                problem == null ? null : record.deadLetter(problem));
    }

    private static Ending ending(RawRecord record) {
        if (record.value() == null) {
            return Ending.STREAM;
        }
        return record.key() == null ? Ending.TEXT : Ending.NOTHING;
    }

    /** The end of the piece that begins at {@code position}; a record that is no text is one piece. */
    int end(RawRecord record, int position) {
        if (record.value() == null) {
            return 0;
        }
        int length = record.value().length;
        return problem(record) == null ? Math.min(length, position + Piece.MAX_BYTES) : length;
    }

    private String problem(RawRecord record) {
        if (record.key() == null && record.value() == null) {
            return "A record of text must have a value; one that ends a stream must have a key";
        }
        if (record.value() != null && record.value().length > maxBytes) {
            return "A record of text must not be longer than " + maxBytes + " bytes, this one has "
                    + record.value().length + " (see babble.text.max-bytes)";
        }
        if (record.key() != null && record.key().length > KafkaRecords.MAX_STREAM_NAME_BYTES) {
            return "A stream's name must not be longer than " + KafkaRecords.MAX_STREAM_NAME_BYTES
                    + " bytes, this one has " + record.key().length;
        }
        return record.key() == null || isUtf8(record.key()) ? null : "A stream's name must be UTF-8";
    }

    /** Streams with a key and shared ones never have the same name. */
    private String stream(RawRecord record) {
        return record.key() == null
                ? "shared/" + record.topic() + "/" + record.partition() + "/" + record.offset() % sharedStreams
                : "key/" + new String(record.key(), StandardCharsets.UTF_8);
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
