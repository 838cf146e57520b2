package io.babble.records;

/**
 * What became of a record on the prompts' topic. Lives inside one operator and never travels between them.
 *
 * <p>Reading is strict, because a misspelt option that is silently ignored gives the wrong text: unknown, repeated, mistyped
 * and out-of-range fields are refused, {@code null} too (but for {@code stop}).
 */
public sealed interface PromptReading {
    /** To be answered. */
    record Accepted(Prompt prompt) implements PromptReading {}

    /** Names an id, so that whoever asked hears why there is no answer. */
    record Refused(String id, String error) implements PromptReading {}

    /** Nobody can be told: a dead letter. */
    record Unreadable(String reason) implements PromptReading {}

    /**
     * Reads a record. The id is the JSON's; where that has none, the key.
     *
     * @param key of the record, may be null
     * @param value of the record, may be null
     */
    static PromptReading of(byte[] key, byte[] value) {
        return PromptReader.read(key, value);
    }
}
