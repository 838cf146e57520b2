package io.babble.model;

/**
 * What learning one window came to.
 *
 * @param step what the backend found before it changed a weight
 * @param textTargets targets that are text
 * @param endOfTextTargets targets that are end-of-text, counted apart
 * @param learningRate the rate of the update, also where it was skipped
 */
public record LearnedWindow(StepResult step, int textTargets, int endOfTextTargets, double learningRate) {
    private static final double NATS_PER_BIT = Math.log(2);

    /** Prequential loss over the window's text, in bits; not finite where the step was skipped for its loss. */
    public double textBits() {
        return step.textNats() / NATS_PER_BIT;
    }

    /** Prequential loss in bits per byte of text; NaN in a window without text targets. */
    public double bitsPerByte() {
        return textTargets == 0 ? Double.NaN : textBits() / textTargets;
    }
}
