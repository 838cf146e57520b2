package io.babble.records;

/**
 * What the writer is to do under the id of a prompt. Commands go to the writer that has the id, because it alone knows
 * whether a text is in progress under it.
 *
 * @param id of the prompt, the key of the command
 * @param kind what is to be done
 * @param prompt the prompt to answer; null unless the kind is {@link Kind#ANSWER}
 * @param refused the record of an invalid prompt, with the reason; null unless the kind is {@link Kind#REFUSE}
 */
public record PromptCommand(String id, Kind kind, Prompt prompt, DeadLetter refused) {
    /** Flink's serializer keeps the constants' names. */
    public enum Kind {
        /** Write a text. */
        ANSWER,
        /** Say that the prompt is invalid. */
        REFUSE,
        /** End the text, if there is one in progress. */
        CANCEL
    }

    public static PromptCommand answer(Prompt prompt) {
        return new PromptCommand(prompt.id(), Kind.ANSWER, prompt, null);
    }

    public static PromptCommand refuse(String id, DeadLetter refused) {
        return new PromptCommand(id, Kind.REFUSE, null, refused);
    }

    public static PromptCommand cancel(String id) {
        return new PromptCommand(id, Kind.CANCEL, null, null);
    }
}
