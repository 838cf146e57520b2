package io.babble.model;

/** What a weight tensor is for. A model has at most one tensor of a role in each layer. */
public enum TensorRole {
    /** The vector of each symbol, {@code (V, E)}. */
    EMBEDDING("embedding", false, false),
    /** What a layer multiplies its input and its own previous output by, {@code (R, G·H)}. */
    WEIGHT("weight", true, false),
    /** What a layer's normalised gates are multiplied by, {@code (G·H)}. */
    GAIN("gain", false, true),
    /** What is added to a layer's gates, {@code (G·H)}. */
    BIAS("bias", false, true),
    /** What the softmax multiplies its input by, {@code (S, V)}. */
    SOFTMAX_WEIGHT("softmax.weight", true, false),
    /** What is added to the logits, {@code (V)}. */
    SOFTMAX_BIAS("softmax.bias", false, true);

    private final String label;
    private final boolean factor;
    private final boolean vector;

    TensorRole(String label, boolean factor, boolean vector) {
        this.label = label;
        this.factor = factor;
        this.vector = vector;
    }

    /** The name of a tensor without its layer. */
    String label() {
        return label;
    }

    /** Whether it is a factor of a matrix product; an embedding is looked up. */
    public boolean isFactor() {
        return factor;
    }

    /** Whether it has one dimension. */
    public boolean isVector() {
        return vector;
    }
}
