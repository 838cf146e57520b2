package io.babble.model;

/**
 * The learning rate over time: a linear warm-up, then a slow fall with the text learned.
 *
 * @param base the rate after the warm-up, before it falls
 * @param warmUp updates until the rate is reached; 0 starts with it
 * @param decay d in {@code base / √(1 + d·symbols)}; 0 keeps the rate constant
 */
public record LearningRate(double base, long warmUp, double decay) {
    public LearningRate {
        if (!(base > 0) || !Double.isFinite(base) || warmUp < 0 || !(decay >= 0) || !Double.isFinite(decay)) {
            throw new IllegalArgumentException("A learning rate needs base > 0, warm-up >= 0 and decay >= 0, not "
                    + base + ", " + warmUp + " and " + decay);
        }
    }

    /**
     * The rate of one update.
     *
     * @param update number of the update, from 1
     * @param symbols text symbols learned before it
     */
    public double rate(long update, long symbols) {
        double warm = update < warmUp ? (double) update / warmUp : 1;
        return base * warm / Math.sqrt(1 + decay * symbols);
    }
}
