package io.babble.records;

/**
 * What the writer is to do under the id of a prompt. Commands go to the writer that has the id, because it alone knows
 * whether a text is in progress under it.
 *
 * @param id of the prompt, the key of the command
 * @param kind what is to be done
 * @param prompt the prompt to answer; null unless the kind is {@link Kind#ANSWER}
 * @param deadLetter the record of the prompt, with what is wrong: that its id is in use, should that be so, or why it
 *     is invalid; null if it is neither answered nor refused, or not from the prompts topic
 */
public record PromptCommand(String id, Kind kind, Prompt prompt, DeadLetter deadLetter) {
    /** Flink's serializer keeps the constants' names. */
    public enum Kind {
        /** Write a text. */
        ANSWER,
        /** Say that the prompt is invalid. */
        REFUSE,
        /** End the text, if there is one in progress. */
        CANCEL
    }

    /** A prompt of the job itself. */
    public static PromptCommand answer(Prompt prompt) {
        return new PromptCommand(prompt.id(), Kind.ANSWER, prompt, null);
    }

    /** A prompt from the prompts topic. */
    public static PromptCommand answer(Prompt prompt, RawRecord record) {
        return new PromptCommand(prompt.id(), Kind.ANSWER, prompt, record.deadLetter(inUse(prompt.id())));
    }

    /** Says that a text is in progress under this id. */
    public static String inUse(String id) {
        return "The prompt with the id " + id + " is still being answered";
    }

    public static PromptCommand refuse(String id, DeadLetter invalid) {
        return new PromptCommand(id, Kind.REFUSE, null, invalid);
    }

    public static PromptCommand cancel(String id) {
        return new PromptCommand(id, Kind.CANCEL, null, null);
    }
}
