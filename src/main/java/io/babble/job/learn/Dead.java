package io.babble.job.learn;

import io.babble.records.DeadLetter;
import io.babble.text.RecordId;

/**
 * Bytes of text that are not UTF-8.
 *
 * @param record that they came in; null for a character that the end of its stream leaves unfinished
 */
record Dead(RecordId record, byte[] bytes) {
    /** @param textTopic for a character that no single record left unfinished */
    DeadLetter deadLetter(String textTopic) {
        if (record == null) {
            return new DeadLetter(null, bytes, "The stream ended within a character", textTopic, -1, -1);
        }
        String error =
                bytes.length + " bytes of this record, or of a character that it leaves unfinished, are not UTF-8";
        return new DeadLetter(null, bytes, error, record.topic(), record.partition(), record.offset());
    }
}
