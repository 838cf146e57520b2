package io.babble.job.source;

import io.babble.job.source.Piece.Ending;
import io.babble.records.DeadLetter;
import io.babble.records.RawRecord;
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
    static final int MAX_KEY_BYTES = 1 << 10;

    private static final byte[] NO_TEXT = {};

    /** The piece that begins at byte {@code position} of the record's value. */
    Piece piece(RawRecord record, int position) {
        String problem = problem(record);
        if (problem != null) {
            return piece(record, "", NO_TEXT, Ending.NOTHING, record.deadLetter(problem));
        }
        if (record.value() == null) {
            return piece(record, stream(record), NO_TEXT, Ending.STREAM, null);
        }
        int end = end(record, position);
        boolean textEnds = record.key() == null && end == record.value().length;
        byte[] text = Arrays.copyOfRange(record.value(), position, end);
        return piece(record, stream(record), text, textEnds ? Ending.TEXT : Ending.NOTHING, null);
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
        if (record.key() != null && record.key().length > MAX_KEY_BYTES) {
            return "A stream's name must not be longer than " + MAX_KEY_BYTES + " bytes, this one has "
                    + record.key().length;
        }
        return record.key() == null || isUtf8(record.key()) ? null : "A stream's name must be UTF-8";
    }

    /** Streams with a key and shared ones never have the same name. */
    private String stream(RawRecord record) {
        return record.key() == null
                ? "shared/" + record.topic() + "/" + record.partition() + "/" + record.offset() % sharedStreams
                : "key/" + new String(record.key(), StandardCharsets.UTF_8);
    }

    private static Piece piece(RawRecord record, String stream, byte[] text, Ending ending, DeadLetter unreadable) {
        return new Piece(
                stream,
                text,
                ending,
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                unreadable);
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
