package io.babble.records;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A request for one text. {@link PromptReading} parses it.
 *
 * @param id identifies the answer, 1 to {@value #MAX_ID} characters
 * @param prompt how the text begins, at most {@value #MAX_PROMPT} characters; may be empty
 * @param length maximum number of characters to write after the prompt, 1 to {@value #MAX_LENGTH}
 * @param temperature 0 to {@value #MAX_TEMPERATURE}; 0 takes the most likely symbol
 * @param topK sample only from this many most likely symbols; 0 = all
 * @param topP sample only from the most likely symbols that together reach this probability, above 0 to 1; 1 = all
 * @param seed random seed: the same prompt, seed and version give the same text
 * @param stop the text ends after this string, at most {@value #MAX_STOP} characters; null = none
 * @param origin not part of the JSON: prompts read from the topic have {@link Origin#PROMPT}
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
     * Validates all fields.
     *
     * @throws IllegalArgumentException when fields are invalid; the message lists all of them
     */
    public Prompt {
        List<String> problems = new ArrayList<>();
        checkText(problems, "id", id, 1, MAX_ID);
        checkText(problems, "prompt", prompt, 0, MAX_PROMPT);
        if (stop != null) {
            checkText(problems, "stop", stop, 1, MAX_STOP);
        }
        check(problems, length >= 1 && length <= MAX_LENGTH, "length must be 1 to " + MAX_LENGTH);
        check(problems, temperature >= 0 && temperature <= MAX_TEMPERATURE, "temperature must be 0 to 10");
        check(problems, topK >= 0 && topK <= MAX_TOP_K, "topK must be 0 to " + MAX_TOP_K);
        check(problems, topP > 0 && topP <= 1, "topP must be above 0 and at most 1");
        check(problems, origin != null, "origin is missing");
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** A prompt with default options. */
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

    /** A request of the writer itself, with an empty prompt. */
    public static Prompt periodic(String id, int length, double temperature, long seed) {
        return new Prompt(id, "", length, temperature, DEFAULT_TOP_K, DEFAULT_TOP_P, seed, null, Origin.PERIODIC);
    }

    /** The default seed, derived from the id. It is 0 to 2⁵³ − 1, which every JSON parser reads exactly. */
    public static long seedOf(String id) {
        return ByteBuffer.wrap(Characters.sha256(id.getBytes(StandardCharsets.UTF_8)))
                        .getLong()
                & ((1L << 53) - 1);
    }

    public byte[] toJson() {
        return Json.write(this);
    }

    private static void checkText(List<String> problems, String name, String text, int min, int max) {
        if (text == null) {
            problems.add(name + " is missing");
        } else if (text.length() < min || Characters.count(text) > max) {
            problems.add(name + " must have " + min + " to " + max + " characters");
        } else if (!Characters.encodable(text)) {
            problems.add(name + " contains an unpaired surrogate");
        }
    }

    private static void check(List<String> problems, boolean valid, String problem) {
        if (!valid) {
            problems.add(problem);
        }
    }
}
