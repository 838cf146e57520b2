package io.babble.model;

import io.babble.text.Content;

/**
 * What learning one window came to.
 *
 * @param step what the backend found before it changed a weight
 * @param content of the fresh targets
 * @param learningRate of the update, also where the step was skipped
 */
public record LearnedWindow(StepResult step, Content content, double learningRate) {
    private static final double NATS_PER_BIT = Math.log(2);

    /**
     * Whether it has a prequential loss: some known text, whose loss is a finite number. The loss is that of the
     * weights before the step, so it counts also where the step was skipped for its gradient.
     */
    public boolean isMeasured() {
        return content.measuredBytes() > 0 && Double.isFinite(step.textNats());
    }

    /** Prequential loss of the fresh text, in bits. */
    public double textBits() {
        return step.textNats() / NATS_PER_BIT;
    }

    /** Prequential loss of the fresh text, in bits per byte of known characters. */
    public double bitsPerByte() {
        return textBits() / content.measuredBytes();
    }
}
