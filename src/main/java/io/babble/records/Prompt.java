package io.babble.records;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A text that is asked for. {@link PromptReading} reads it from the topic.
 *
 * @param id names the answer, 1 to {@value #MAX_ID} characters
 * @param prompt how the text begins, at most {@value #MAX_PROMPT} characters; may be empty
 * @param length most characters to write after the prompt, 1 to {@value #MAX_LENGTH}
 * @param temperature 0 to {@value #MAX_TEMPERATURE}; 0 takes the most likely symbol
 * @param topK draw from this many most likely symbols only; 0 = all
 * @param topP draw from the most likely symbols that together reach this probability, above 0 to 1; 1 = all
 * @param seed the random numbers' beginning: the same prompt, seed and version give the same text
 * @param stop the text ends when it has written this, at most {@value #MAX_STOP} characters; null = never
 * @param origin not on the wire: what comes from the topic is {@link Origin#PROMPT}
 */
public record Prompt(
        String id,
        String prompt,
        int length,
        double temperature,
        int topK,
        double topP,
        long seed,
        String stop,
        @JsonIgnore Origin origin) {
    public static final int MAX_ID = 200;
    public static final int MAX_PROMPT = 10_000;
    public static final int MAX_STOP = 1_000;
    public static final int MAX_LENGTH = 100_000;
    public static final int MAX_TOP_K = 1_000_000;
    public static final double MAX_TEMPERATURE = 10;

    public static final int DEFAULT_LENGTH = 400;
    public static final double DEFAULT_TEMPERATURE = 0.8;
    public static final int DEFAULT_TOP_K = 0;
    public static final double DEFAULT_TOP_P = 1;

    /**
     * Checks every bound.
     *
     * @throws IllegalArgumentException when fields are out of range, all of them in one message
     */
    public Prompt {
        List<String> problems = new ArrayList<>();
        text(problems, "id", id, 1, MAX_ID);
        text(problems, "prompt", prompt, 0, MAX_PROMPT);
        if (stop != null) {
            text(problems, "stop", stop, 1, MAX_STOP);
        }
        check(problems, length >= 1 && length <= MAX_LENGTH, "length must be 1 to " + MAX_LENGTH);
        check(problems, temperature >= 0 && temperature <= MAX_TEMPERATURE, "temperature must be 0 to 10");
        check(problems, topK >= 0 && topK <= MAX_TOP_K, "topK must be 0 to " + MAX_TOP_K);
        check(problems, topP > 0 && topP <= 1, "topP must be above 0 and at most 1");
        check(problems, origin != null, "origin must be there");
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** A prompt with every default. */
    public static Prompt of(String id, String prompt) {
        return new Prompt(
                id,
                prompt,
                DEFAULT_LENGTH,
                DEFAULT_TEMPERATURE,
                DEFAULT_TOP_K,
                DEFAULT_TOP_P,
                seedOf(id),
                null,
                Origin.PROMPT);
    }

    /** A text of the writer's own, from nothing. */
    public static Prompt periodic(String id, int length, double temperature, long seed) {
        return new Prompt(id, "", length, temperature, DEFAULT_TOP_K, DEFAULT_TOP_P, seed, null, Origin.PERIODIC);
    }

    /** The seed of a prompt that names none: the same for the same id, and exact in any JSON reader (0 to 2⁵³ − 1). */
    public static long seedOf(String id) {
        return ByteBuffer.wrap(Characters.sha256(id.getBytes(StandardCharsets.UTF_8)))
                        .getLong()
                & ((1L << 53) - 1);
    }

    public byte[] toJson() {
        return Json.write(this);
    }

    private static void text(List<String> problems, String name, String text, int least, int most) {
        if (text == null) {
            problems.add(name + " must be there");
        } else if (text.length() < least || Characters.count(text) > most) {
            problems.add(name + " must have " + least + " to " + most + " characters");
        } else if (!Characters.encodable(text)) {
            problems.add(name + " holds half a surrogate pair");
        }
    }

    private static void check(List<String> problems, boolean holds, String otherwise) {
        if (!holds) {
            problems.add(otherwise);
        }
    }
}
