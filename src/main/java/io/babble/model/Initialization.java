package io.babble.model;

/**
 * The first weights of a model: for each tensor of a {@link Shape} values of its {@link InitialLaw}. Reproducible: a
 * shape and a seed give the same bits on every machine.
 */
public final class Initialization {
    private Initialization() {}

    /** The first weights {@code (P)} of a model. */
    public static float[] weights(Shape shape, long seed) {
        float[] weights = new float[shape.parameters()];
        for (Shape.Tensor tensor : shape.tensors()) {
            // A seed for each tensor, so that the values of one do not depend on the size of another.
            long tensorSeed = SplitMix64.bits(seed, tensor.name().hashCode());
            for (int i = 0; i < tensor.length(); i++) {
                weights[tensor.offset() + i] = (float) tensor.law().value(tensorSeed, i);
            }
        }
        return weights;
    }
}
