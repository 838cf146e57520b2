package io.babble.model.writing;

/**
 * Parameters of sampling.
 *
 * @param temperature divides the logits; 0 takes the most likely symbol
 * @param topK samples from the k most likely symbols only; 0 turns it off
 * @param topP samples from the most likely symbols that together reach this probability; 1 turns it off
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
