package io.babble.model;

import io.babble.text.Content;

/**
 * What learning one window came to.
 *
 * @param step what the backend found before it changed a weight
 * @param content what its fresh targets were
 * @param learningRate the rate of the update, also where it was skipped
 */
public record LearnedWindow(StepResult step, Content content, double learningRate) {
    private static final double NATS_PER_BIT = Math.log(2);

    /** Prequential loss over the window's fresh text, in bits; not finite where the step was skipped for its loss. */
    public double textBits() {
        return step.textNats() / NATS_PER_BIT;
    }

    /** Prequential loss in bits per byte of known characters; NaN in a window without any. */
    public double bitsPerByte() {
        return content.measuredBytes() == 0 ? Double.NaN : textBits() / content.measuredBytes();
    }
}
