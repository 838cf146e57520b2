package io.babble.records;

import java.util.List;

/**
 * The names of the five topics.
 *
 * @param text what is learned: key = stream, value = UTF-8
 * @param prompts texts asked for: {@link Prompt}
 * @param samples what the writer writes: {@link Sample}
 * @param reports how the learner is doing: {@link Report}
 * @param deadLetters what could not be read: {@link DeadLetter}
 */
public record Topics(String text, String prompts, String samples, String reports, String deadLetters) {
    public static final Topics DEFAULT =
            new Topics("babble.text", "babble.prompts", "babble.samples", "babble.reports", "babble.dead-letters");

    public List<String> all() {
        return List.of(text, prompts, samples, reports, deadLetters);
    }
}
