package io.babble.model.writing;

/**
 * A request for a text.
 *
 * @param prompt text to continue; may be empty
 * @param length characters (Unicode code points) to write at most
 * @param seed random seed: the same seed, model and request give the same text
 * @param stop the text ends where this begins; empty never ends it
 */
public record Request(String prompt, int length, Sampling sampling, long seed, String stop) {
    public Request {
        if (length < 1) {
            throw new IllegalArgumentException("The length must be at least 1 character, not " + length);
        }
    }
}
