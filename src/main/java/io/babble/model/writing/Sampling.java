package io.babble.model.writing;

/**
 * How freely symbols are chosen.
 *
 * @param temperature divides the logits: below 1 safer, above 1 wilder; 0 takes the most likely symbol
 * @param topK only the k most likely symbols are drawn from; 0 turns it off
 * @param topP only the most likely symbols that together reach this probability are drawn from; 1 turns it off
 */
public record Sampling(double temperature, int topK, double topP) {
    public Sampling {
        if (!(temperature >= 0) || !Double.isFinite(temperature)) {
            throw new IllegalArgumentException("The temperature must be 0 or more, not " + temperature);
        }
        if (topK < 0) {
            throw new IllegalArgumentException("Top-k must be 0 (off) or more, not " + topK);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("Top-p must be above 0 and at most 1 (off), not " + topP);
        }
    }
}
