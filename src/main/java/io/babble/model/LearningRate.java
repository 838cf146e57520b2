package io.babble.model;

/**
 * The learning rate: a linear warm-up, then a slow fall with the text learned of its kind; larger windows, whose gradients are less noisy, learn
 * at a rate that is larger by the square root (Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014,
 * section 3.2).
 *
 * @param base the rate after the warm-up, before it falls
 * @param warmUp updates until the rate is reached; 0 starts with it
 * @param decay d in {@code base / √(1 + d·symbols)}; 0 keeps the rate constant
 * @param window symbols of the windows that {@code base} is for
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
     * @param symbols text symbols learned before it, since the model began or its text became another one
     * @param windowSymbols fresh symbols that the update learns from
     */
    public double rate(long update, long symbols, int windowSymbols) {
        double warm = update < warmUp ? (double) update / warmUp : 1;
        return base * warm * Math.sqrt((double) windowSymbols / window / (1 + decay * symbols));
    }
}
