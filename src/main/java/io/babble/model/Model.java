package io.babble.model;

import io.babble.text.Alphabet;

/**
 * A model at one moment, complete and immutable: what a checkpoint, the broadcast and a saved file hold.
 *
 * <p>The arrays are not copied: a model takes ownership of them, and its users must not change them.
 *
 * @param alphabet what its symbols stand for; a copy that does not grow
 * @param version training steps that changed the weights; only grows
 * @param symbols bytes of text learned since the beginning, those of skipped steps and unknown characters included
 * @param loss the prequential loss so far
 * @param random state of the random generator that seeds dropout
 * @param optimizer whose moments these are
 * @param weights {@code (P)}, in the order of {@link Shape#tensors()}
 * @param moments each {@code (P)}; empty in a model that is used for decoding only
 */
public record Model(
        Shape shape,
        Alphabet alphabet,
        long version,
        long symbols,
        Loss loss,
        long random,
        Training.Optimizer optimizer,
        float[] weights,
        float[][] moments) {
    public Model {
        if (moments.length != 0 && moments.length != optimizer.moments()) {
            throw new IllegalArgumentException(
                    optimizer + " keeps " + optimizer.moments() + " moments of each weight, not " + moments.length);
        }
        requireLength(shape, "weights", weights);
        for (float[] moment : moments) {
            requireLength(shape, "values of a moment", moment);
        }
    }

    private static void requireLength(Shape shape, String what, float[] values) {
        if (values.length != shape.parameters()) {
            throw new IllegalArgumentException(
                    "A model of " + shape + " has " + shape.parameters() + " " + what + ", not " + values.length);
        }
    }
}
