package io.babble.model;

/**
 * The prequential loss as it is followed while a model learns: its average over the recent past, whether it shows that the text has
 * become another, and whether the model is broken.
 *
 * <p>That a text drifts is what Page's test finds (Page, "Continuous Inspection Schemes", Biometrika 41, 1954; on streams Page-Hinkley: Gama
 * et al., "A Survey on Concept Drift Adaptation", ACM Computing Surveys 46, 2014, section 3.2): what the loss lies above its level,
 * less what is tolerated, is added up and never falls below zero. Beyond a threshold that is a drift, and the level is found anew.
 * In the same way a model is found broken that foretells worse than one that knows nothing, which any text would soon mend.
 *
 * @param average bits per byte over about the last 100 000 bytes; NaN before the first
 * @param drifts found since the model began
 * @param driftedAt symbols learned when the last drift was found, 0 before the first
 * @param level the average since then; NaN where nothing came since
 * @param excess bits added up
 * @param returns how often the model was found broken, and its weights of before were taken again
 * @param worse bits added up by which it was worse than one that knows nothing
 */
public record Loss(
        double average, long drifts, long driftedAt, double level, double excess, long returns, double worse) {
    /** How many bytes back an average reaches, as the mean age of what it holds. */
    private static final double AVERAGED_BYTES = 100_000;
    /** Bits per byte by which one part of a text may be harder than another. */
    private static final double TOLERATED = 0.5;

    /** Bits per byte of a model that knows nothing. */
    private static final double NOTHING_KNOWN = 8;
    /** {@link #worse} of a broken model: a new text costs less until it is known a little. */
    private static final double BROKEN = 20_000;

    /** Before the first window. */
    public static final Loss UNKNOWN = of(Double.NaN);

    /** An average of which nothing else is known. */
    public static Loss of(double average) {
        return new Loss(average, 0, 0, Double.NaN, 0, 0, 0);
    }

    /**
     * The loss with one more window.
     *
     * @param symbols bytes of text learned before it
     * @param driftAt bits of excess that are a drift; 0 finds none
     */
    Loss after(LearnedWindow window, long symbols, double driftAt) {
        int bytes = window.content().measuredBytes();
        double bitsPerByte = window.bitsPerByte();
        boolean known = Double.isFinite(bitsPerByte);
        double nowWorse = Math.max(0, worse + bytes * ((known ? bitsPerByte : 2 * NOTHING_KNOWN) - NOTHING_KNOWN));
        if (!known) {
            return new Loss(average, drifts, driftedAt, level, excess, returns, nowWorse);
        }
        double newAverage = next(average, bitsPerByte, bytes, symbols);
        double above = Double.isNaN(level) ? 0 : excess + bytes * (bitsPerByte - level - TOLERATED);
        if (driftAt > 0 && above > driftAt) {
            return new Loss(
                    newAverage, drifts + 1, symbols + window.content().bytes(), Double.NaN, 0, returns, nowWorse);
        }
        double newLevel = next(level, bitsPerByte, bytes, symbols - driftedAt);
        return new Loss(newAverage, drifts, driftedAt, newLevel, Math.max(0, above), returns, nowWorse);
    }

    /** Whether the model has lost what it knew. */
    boolean isBroken() {
        return worse > BROKEN;
    }

    /** The loss of a model whose weights of before were taken again. */
    Loss returned() {
        return new Loss(average, drifts, driftedAt, level, 0, returns + 1, 0);
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
