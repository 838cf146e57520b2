package io.babble.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What a model computes: embedding (V→E), L recurrent layers of H units, softmax over V. The embedding goes to every layer, and
 * every layer's output to the softmax (Graves, "Generating Sequences With Recurrent Neural Networks", 2013, section 2).
 *
 * <p>A layer is an LSTM whose forget and input gates are coupled (Greff et al., "LSTM: A Search Space Odyssey", 2017, section 3:
 * CIFG) and whose gates are each normalised by their root mean square (Zhang, Sennrich, "Root Mean Square Layer Normalization",
 * NeurIPS 2019, equation 4) before gain and bias. From z, the sum of its matrix products, of size (3H):
 *
 * <pre>
 * n = z / √(mean(z²) + ε) · gain + bias     for each of the gates f, g, o
 * c' = σ(n_f)·c + (1 − σ(n_f))·tanh(n_g)
 * h' = σ(n_o)·tanh(c')
 * </pre>
 *
 * <p>All weights lie in one flat vector, in the order of {@link #tensors()}. Gates are in the order f, g, o.
 *
 * @param symbols V, size of the alphabet
 * @param embedding E, size of a symbol's vector
 * @param hidden H, units of a layer
 * @param layers L
 */
public record Shape(int symbols, int embedding, int hidden, int layers) {
    /** ε of the gates' norm. */
    public static final double NORM_EPSILON = 1e-5;
    /** Gates of a unit: the input gate is what the forget gate leaves. */
    public static final int GATES = 3;

    /** One weight tensor: its place in the flat vector, row-major. {@code columns} is 1 for a vector. */
    public record Tensor(String name, int offset, int rows, int columns) {
        public int length() {
            return rows * columns;
        }
    }

    public Shape {
        if (symbols < 2 || embedding < 1 || hidden < 1 || layers < 1) {
            throw new IllegalArgumentException(
                    "A model needs at least 2 symbols, 1 embedding value, 1 hidden unit and 1" + " layer, not "
                            + symbols + ", " + embedding + ", " + hidden + " and " + layers);
        }
    }

    /** I, what layer {@code layer} reads of others at each step: the output of the layer below, if there is one, then the embedding. */
    public int inputOf(int layer) {
        return (layer == 0 ? 0 : hidden) + embedding;
    }

    /** R, all that layer {@code layer} reads at each step: its own last output, then what it reads of others. */
    public int readBy(int layer) {
        return hidden + inputOf(layer);
    }

    /** S, what the softmax reads at each step: every layer's output, from the first to the last. */
    public int softmaxInput() {
        return layers * hidden;
    }

    /** Length of a stream's state: for each layer h {@code (H)}, then c {@code (H)}. */
    public int stateLength() {
        return layers * 2 * hidden;
    }

    /**
     * {@code embedding (V, E)}; for each layer l {@code layerl.weight (R, 3H)}, {@code layerl.gain (3H)}, {@code layerl.bias (3H)};
     * {@code softmax.weight (S, V)}, {@code softmax.bias (V)}.
     */
    public List<Tensor> tensors() {
        List<Tensor> tensors = new ArrayList<>();
        add(tensors, "embedding", symbols, embedding);
        for (int layer = 0; layer < layers; layer++) {
            add(tensors, "layer" + layer + ".weight", readBy(layer), GATES * hidden);
            add(tensors, "layer" + layer + ".gain", GATES * hidden, 1);
            add(tensors, "layer" + layer + ".bias", GATES * hidden, 1);
        }
        add(tensors, "softmax.weight", softmaxInput(), symbols);
        add(tensors, "softmax.bias", symbols, 1);
        return List.copyOf(tensors);
    }

    /** P, length of the flat vector of all weights. */
    public int parameters() {
        List<Tensor> tensors = tensors();
        Tensor last = tensors.get(tensors.size() - 1);
        return last.offset() + last.length();
    }

    private static void add(List<Tensor> tensors, String name, int rows, int columns) {
        int offset = 0;
        if (!tensors.isEmpty()) {
            Tensor last = tensors.get(tensors.size() - 1);
            offset = Math.addExact(last.offset(), last.length());
        }
        tensors.add(new Tensor(name, offset, rows, columns));
    }
}
