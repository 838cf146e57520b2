package io.babble.records;

/**
 * What could not be read, as it came.
 *
 * @param key of the original record; null when it had none
 * @param value the original bytes, or just those of them that are wrong; null when there were none
 * @param error what is wrong with it, one line, cut to {@value #MAX_ERROR} characters
 * @param topic it came from
 * @param partition it came from
 * @param offset it came from
 */
public record DeadLetter(byte[] key, byte[] value, String error, String topic, int partition, long offset) {
    public static final int MAX_ERROR = 1_000;

    public DeadLetter {
        error = Characters.cut(error, MAX_ERROR);
    }
}
