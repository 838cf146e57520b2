package io.babble.model;

/**
 * The learning rate: a linear warm-up, then a slow decay with the text learned since the last drift. Larger windows,
 * whose gradients are less noisy, have a rate that grows with the square root of their size (Krizhevsky, "One weird
 * trick for parallelizing convolutional neural networks", 2014, section 3.2).
 *
 * @param base the rate after the warm-up, before it decays
 * @param warmUp updates of the warm-up; 0 for none
 * @param decay d in {@code base / √(1 + d·symbols)}; 0 keeps the rate constant
 * @param window symbols of the window size that {@code base} refers to
 */
public record LearningRate(double base, long warmUp, double decay, int window) {
    public LearningRate {
        if (!(base > 0)
                || !Double.isFinite(base)
                || warmUp < 0
                || !(decay >= 0)
                || !Double.isFinite(decay)
                || window < 1) {
            throw new IllegalArgumentException(
                    "A learning rate needs base > 0, warm-up >= 0, decay >= 0 and a window, not " + base + ", " + warmUp
                            + ", " + decay + " and " + window);
        }
    }

    /**
     * The rate of one update.
     *
     * @param update number of the update, from 1
     * @param symbols text symbols learned before it, since the model began or its last drift
     * @param windowSymbols fresh symbols that the update learns from
     */
    public double rate(long update, long symbols, int windowSymbols) {
        double warm = update < warmUp ? (double) update / warmUp : 1;
        return base * warm * Math.sqrt((double) windowSymbols / window / (1 + decay * symbols));
    }
}
