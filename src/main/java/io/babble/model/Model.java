package io.babble.model;

/**
 * A model at one moment, complete and immutable: what a checkpoint, the broadcast and a saved file hold.
 *
 * @param alphabet name of the alphabet that its symbols belong to
 * @param version training steps taken; only grows
 * @param symbols text symbols learned since the beginning
 * @param bitsPerByteAverage running average of the prequential loss, in bits per byte; NaN before the first step
 * @param random what dropout draws next follow from
 * @param optimizer whose moments these are
 * @param weights {@code (P)}, in the order of {@link Shape#tensors()}
 * @param moments each {@code (P)}; empty in a model that is only written with
 */
public record Model(
        Shape shape,
        String alphabet,
        long version,
        long symbols,
        double bitsPerByteAverage,
        long random,
        Training.Optimizer optimizer,
        float[] weights,
        float[][] moments) {}
