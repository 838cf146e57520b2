package io.babble.model;

import io.babble.text.Alphabet;

/**
 * Where a model's weights begin: layers uniform in ±1/√H, softmax uniform in ±½/√S, the embedding normal with deviation 0.3,
 * gains 1 and biases 0. Reproducible: a shape and a seed give the same bits on every machine.
 *
 * <p>But the bias of the forget gates is 1, so that a young model remembers (Jozefowicz, Zaremba, Sutskever, "An Empirical
 * Exploration of Recurrent Network Architectures", ICML 2015), and that of end-of-text is −5: before it has seen a text end, a
 * model does not end its own.
 */
public final class Initialization {
    private static final double END_OF_TEXT_BIAS = -5;

    private Initialization() {}

    /** The first weights {@code (P)} of a model. */
    public static float[] weights(Shape shape, long seed) {
        float[] weights = new float[shape.parameters()];
        for (Shape.Tensor tensor : shape.tensors()) {
            // A seed for each tensor: what one draws does not shift what the next one gets.
            long tensorSeed = SplitMix64.bits(seed, tensor.name().hashCode());
            for (int i = 0; i < tensor.length(); i++) {
                weights[tensor.offset() + i] = (float) draw(shape, tensor.name(), tensorSeed, i);
            }
        }
        return weights;
    }

    private static double draw(Shape shape, String tensor, long seed, int index) {
        if (tensor.equals("embedding")) {
            return 0.3 * SplitMix64.normal(seed, index);
        }
        if (tensor.equals("softmax.weight")) {
            return uniform(0.5 / Math.sqrt(shape.softmaxInput()), seed, index);
        }
        if (tensor.endsWith(".weight")) {
            return uniform(1 / Math.sqrt(shape.hidden()), seed, index);
        }
        if (tensor.equals("softmax.bias")) {
            return index == Alphabet.END_OF_TEXT ? END_OF_TEXT_BIAS : 0;
        }
        boolean forget = index < shape.hidden();
        return tensor.endsWith(".gain") || forget ? 1 : 0;
    }

    private static double uniform(double bound, long seed, int index) {
        return bound * (2 * SplitMix64.unit(seed, index) - 1);
    }
}
