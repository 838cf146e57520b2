package io.babble.model;

/**
 * The prequential loss as it is followed during training: its moving average, drift detection, and detection of a
 * broken model.
 *
 * <p>Drift is found by Page's test (Page, "Continuous Inspection Schemes", Biometrika 41, 1954; on streams
 * Page-Hinkley: Gama et al., "A Survey on Concept Drift Adaptation", ACM Computing Surveys 46, 2014, section 3.2): the
 * bits of loss above the level, less a tolerance, are added up and never fall below zero. Above a threshold that is a
 * drift, and the level starts again. A broken model is found in the same way: one that predicts worse than a uniform
 * distribution, which no text does for long.
 *
 * @param average bits per byte, moving average over about the last 100 000 bytes; NaN before the first
 * @param drifts detected since the model began
 * @param driftedAt symbols when the last drift was detected, 0 before the first; text that was only read since then is
 *     added
 * @param level the average since then; NaN where nothing was measured since
 * @param excess bits above the level, added up
 * @param rollbacks how often the model was broken and its last good weights were restored
 * @param aboveUniform bits above those of a uniform distribution, added up
 */
public record Loss(
        double average, long drifts, long driftedAt, double level, double excess, long rollbacks, double aboveUniform) {
    /** The time constant of the averages. */
    private static final double AVERAGED_BYTES = 100_000;
    /** Bits per byte by which one part of a text may be harder than another. */
    private static final double TOLERANCE = 0.5;

    /** Bits per byte of a uniform distribution over bytes. */
    private static final double UNIFORM = 8;
    /** {@link #aboveUniform} of a broken model: a new text costs less until the model has adapted. */
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
     * @param driftAt bits of excess that are a drift; 0 for no detection
     */
    Loss after(LearnedWindow window, long symbols, double driftAt) {
        int bytes = window.content().measuredBytes();
        boolean measured = window.isMeasured();
        double above = bytes * ((measured ? window.bitsPerByte() : 2 * UNIFORM) - UNIFORM);
        Loss next = withAboveUniform(Math.max(0, aboveUniform + above));
        return measured ? next.measured(window, symbols, driftAt) : next;
    }

    private Loss measured(LearnedWindow window, long symbols, double driftAt) {
        int bytes = window.content().measuredBytes();
        double bitsPerByte = window.bitsPerByte();
        double newAverage = next(average, bitsPerByte, bytes, symbols);
        double above = Double.isNaN(level) ? 0 : excess + bytes * (bitsPerByte - level - TOLERANCE);
        if (driftAt > 0 && above > driftAt) {
            long now = symbols + window.content().bytes();
            return new Loss(newAverage, drifts + 1, now, Double.NaN, 0, rollbacks, aboveUniform);
        }
        double newLevel = next(level, bitsPerByte, bytes, symbols - driftedAt);
        return new Loss(newAverage, drifts, driftedAt, newLevel, Math.max(0, above), rollbacks, aboveUniform);
    }

    /**
     * The loss with one more window that is only read: drifts, and whether the model is broken, are found while it
     * learns.
     */
    Loss afterReading(LearnedWindow window, long symbols) {
        int bytes = window.content().measuredBytes();
        double newAverage = window.isMeasured() ? next(average, window.bitsPerByte(), bytes, symbols) : average;
        // The learning rate falls with the text since the last drift, and must not fall with text that is not learned.
        long movedDrift = driftedAt + window.content().bytes();
        return new Loss(newAverage, drifts, movedDrift, level, excess, rollbacks, aboveUniform);
    }

    private Loss withAboveUniform(double newAboveUniform) {
        return new Loss(average, drifts, driftedAt, level, excess, rollbacks, newAboveUniform);
    }

    /** Whether the model has lost what it knew. */
    boolean isBroken() {
        return aboveUniform > BROKEN;
    }

    /** The loss of a model whose last good weights were restored. */
    Loss afterRollback() {
        return new Loss(average, drifts, driftedAt, level, 0, rollbacks + 1, 0);
    }

    /**
     * An exponential moving average whose weights sum to 1 from the first byte on, as in Adam's bias correction (Kingma
     * and Ba, 2015, section 3).
     *
     * @param before bytes that the average was taken of
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
