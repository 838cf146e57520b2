package io.babble.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What a model computes: embedding (V→E), L LSTM layers of H units, softmax over V.
 *
 * <p>All weights lie in one flat vector, in the order of {@link #tensors()}. Gates are in the order i, f, g, o.
 *
 * @param symbols V, size of the alphabet
 * @param embedding E, size of a symbol's vector
 * @param hidden H, units of a layer
 * @param layers L
 * @param embeddingToEveryLayer whether layers above the first read the embedding beside the layer below
 * @param everyLayerToSoftmax whether the softmax reads every layer's output or only the last one's
 */
public record Shape(
        int symbols,
        int embedding,
        int hidden,
        int layers,
        boolean embeddingToEveryLayer,
        boolean everyLayerToSoftmax) {

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

    /** I, what layer {@code layer} reads at each step: the layer below (or the embedding), then the embedding if fed. */
    public int inputOf(int layer) {
        if (layer == 0) {
            return embedding;
        }
        return hidden + (embeddingToEveryLayer ? embedding : 0);
    }

    /** S, what the softmax reads at each step: the last layer's output, or every layer's from the first to the last. */
    public int softmaxInput() {
        return everyLayerToSoftmax ? layers * hidden : hidden;
    }

    /** Length of a stream's state: for each layer h {@code (H)}, then c {@code (H)}. */
    public int stateLength() {
        return layers * 2 * hidden;
    }

    /**
     * {@code embedding (V, E)}; for each layer l {@code layerl.input (I, 4H)}, {@code layerl.recurrent (H, 4H)}, {@code
     * layerl.bias (4H)}; {@code softmax.weight (S, V)}, {@code softmax.bias (V)}.
     */
    public List<Tensor> tensors() {
        List<Tensor> tensors = new ArrayList<>();
        add(tensors, "embedding", symbols, embedding);
        for (int layer = 0; layer < layers; layer++) {
            add(tensors, "layer" + layer + ".input", inputOf(layer), 4 * hidden);
            add(tensors, "layer" + layer + ".recurrent", hidden, 4 * hidden);
            add(tensors, "layer" + layer + ".bias", 4 * hidden, 1);
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
