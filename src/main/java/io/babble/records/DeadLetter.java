package io.babble.records;

/**
 * A record, or a part of its value, that could not be read.
 *
 * @param key of the original record; null when it had none
 * @param value the original bytes, or only the invalid ones; null when the record had no value
 * @param error the reason in one line, truncated to {@value #MAX_ERROR} characters
 * @param topic of the original record
 * @param partition of the original record
 * @param offset of the original record
 */
public record DeadLetter(byte[] key, byte[] value, String error, String topic, int partition, long offset) {
    public static final int MAX_ERROR = 1_000;

    public DeadLetter {
        error = Characters.truncate(error, MAX_ERROR);
    }
}
