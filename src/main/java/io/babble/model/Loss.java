package io.babble.model;

/**
 * The prequential loss as it is followed while a model learns: its average over the recent past, and whether it shows that the text has
 * become another.
 *
 * <p>That a text drifts is what Page's test finds (Page, "Continuous Inspection Schemes", Biometrika 41, 1954; on streams Page-Hinkley: Gama
 * et al., "A Survey on Concept Drift Adaptation", ACM Computing Surveys 46, 2014, section 3.2): what the loss lies above its level,
 * less what is tolerated, is added up and never falls below zero. Beyond a threshold that is a drift, and the level is found anew.
 *
 * @param average bits per byte over about the last 100 000 bytes; NaN before the first
 * @param drifts found since the model began
 * @param driftedAt symbols learned when the last drift was found, 0 before the first
 * @param level the average since then; NaN where nothing came since
 * @param excess bits added up
 */
public record Loss(double average, long drifts, long driftedAt, double level, double excess) {
    /** How many bytes back an average reaches, as the mean age of what it holds. */
    private static final double AVERAGED_BYTES = 100_000;
    /** Bits per byte by which one part of a text may be harder than another. */
    private static final double TOLERATED = 0.5;

    /** Before the first window. */
    public static final Loss UNKNOWN = of(Double.NaN);

    /** An average of which nothing else is known. */
    public static Loss of(double average) {
        return new Loss(average, 0, 0, Double.NaN, 0);
    }

    /**
     * The loss with one more window.
     *
     * @param symbols learned before it
     * @param driftAt bits of excess that are a drift; 0 finds none
     */
    Loss after(LearnedWindow window, long symbols, double driftAt) {
        double bitsPerByte = window.bitsPerByte();
        if (!Double.isFinite(bitsPerByte)) {
            return this;
        }
        int bytes = window.textTargets();
        double newAverage = next(average, bitsPerByte, bytes, symbols);
        double above = Double.isNaN(level) ? 0 : excess + bytes * (bitsPerByte - level - TOLERATED);
        if (driftAt > 0 && above > driftAt) {
            return new Loss(newAverage, drifts + 1, symbols + bytes, Double.NaN, 0);
        }
        double newLevel = next(level, bitsPerByte, bytes, symbols - driftedAt);
        return new Loss(newAverage, drifts, driftedAt, newLevel, Math.max(0, above));
    }

    /**
     * An exponential average whose weights sum to 1 from the first byte on, as in Adam's bias correction (Kingma and
     * Ba, 2015, section 3): what was learned before says how much weight the past has.
     */
    private static double next(double average, double bitsPerByte, int bytes, long before) {
        if (Double.isNaN(average)) {
            return bitsPerByte;
        }
        double newWeight = -Math.expm1(-bytes / AVERAGED_BYTES);
        double allWeight = -Math.expm1(-(before + bytes) / AVERAGED_BYTES);
        return average + (bitsPerByte - average) * newWeight / allWeight;
    }
}
