package io.babble.model;

/** Where a model's weights begin. Reproducible: a shape and a seed give the same bits on every machine. */
public enum Initialization {
    /** Every weight uniform in ±0.08, as in char-rnn. */
    SMALL_UNIFORM {
        @Override
        double draw(Shape shape, Shape.Tensor tensor, long seed, int index) {
            return uniform(0.08, seed, index);
        }
    },
    /** By what a unit reads: layers uniform in ±1/√H, softmax in ±½/√S, and the embedding normal with deviation 0.3. */
    FAN_IN {
        @Override
        double draw(Shape shape, Shape.Tensor tensor, long seed, int index) {
            if (tensor.name().equals("embedding")) {
                return 0.3 * SplitMix64.normal(seed, index);
            }
            if (tensor.name().startsWith("softmax")) {
                return uniform(0.5 / Math.sqrt(shape.softmaxInput()), seed, index);
            }
            return uniform(1 / Math.sqrt(shape.hidden()), seed, index);
        }
    };

    /**
     * The first weights {@code (P)} of a model.
     *
     * @param openForgetGates whether 1 is added to the bias of each forget gate, so that a young model remembers (Jozefowicz,
     *     Zaremba, Sutskever, "An Empirical Exploration of Recurrent Network Architectures", ICML 2015)
     */
    public float[] weights(Shape shape, long seed, boolean openForgetGates) {
        float[] weights = new float[shape.parameters()];
        for (Shape.Tensor tensor : shape.tensors()) {
            // A seed for each tensor: what one draws does not shift what the next one gets.
            long tensorSeed = SplitMix64.bits(seed, tensor.name().hashCode());
            for (int i = 0; i < tensor.length(); i++) {
                weights[tensor.offset() + i] = (float) draw(shape, tensor, tensorSeed, i);
            }
            if (openForgetGates
                    && tensor.name().endsWith("bias")
                    && tensor.name().startsWith("layer")) {
                int forget = tensor.offset() + shape.hidden();
                for (int unit = 0; unit < shape.hidden(); unit++) {
                    weights[forget + unit] += 1;
                }
            }
        }
        return weights;
    }

    abstract double draw(Shape shape, Shape.Tensor tensor, long seed, int index);

    private static double uniform(double bound, long seed, int index) {
        return bound * (2 * SplitMix64.unit(seed, index) - 1);
    }
}
