package io.babble.records;

/**
 * The result of parsing a record of the prompts topic. Operators do not send it to each other.
 *
 * <p>Parsing is strict, because ignoring a misspelt option would silently give the wrong text: unknown, duplicate,
 * mistyped and out-of-range fields are refused, and so is {@code null} except for {@code stop}.
 */
public sealed interface PromptReading {
    /** A valid prompt. */
    record Accepted(Prompt prompt) implements PromptReading {}

    /** An invalid prompt with a valid id: the error is the answer. */
    record Refused(String id, String error) implements PromptReading {}

    /** A record without a value: the text under its key, the id, is cancelled. */
    record Cancelled(String id) implements PromptReading {}

    /** No valid id to answer to: the record becomes a dead letter. */
    record Unreadable(String reason) implements PromptReading {}

    /**
     * Parses a record. Without an id in the JSON the record's key is the id.
     *
     * @param key of the record, may be null
     * @param value of the record, may be null
     */
    static PromptReading of(byte[] key, byte[] value) {
        return PromptReader.read(key, value);
    }
}
