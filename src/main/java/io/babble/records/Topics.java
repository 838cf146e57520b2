package io.babble.records;

import java.util.List;

/**
 * The names of the five topics.
 *
 * @param text to learn: key = stream, value = UTF-8
 * @param prompts requests for texts: {@link Prompt}
 * @param samples texts that the writer writes: {@link Sample}
 * @param reports the learner's progress: {@link Report}
 * @param deadLetters records that could not be read: {@link DeadLetter}
 */
public record Topics(String text, String prompts, String samples, String reports, String deadLetters) {
    public static final Topics DEFAULT =
            new Topics("babble.text", "babble.prompts", "babble.samples", "babble.reports", "babble.dead-letters");

    public List<String> all() {
        return List.of(text, prompts, samples, reports, deadLetters);
    }
}
