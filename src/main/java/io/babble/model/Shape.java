package io.babble.model;

import io.babble.text.Alphabet;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model computes: embedding (V→E), L recurrent layers of H units, softmax over V. The only description of a
 * model's tensors and states: initialization, codec, backends and export take sizes, places and names from here.
 *
 * <p>All weights are in one flat vector {@code (P)}, in the order of {@link #tensors()}. The state of a stream is one
 * vector {@code (L, number of state vectors, H)}.
 *
 * @param symbols V, size of the alphabet
 * @param embedding E, length of the vector that represents a symbol
 * @param hidden H, units of a layer
 * @param layers L
 * @param cell what a layer computes
 * @param wiring what layers and softmax read
 */
public record Shape(int symbols, int embedding, int hidden, int layers, Cell cell, Wiring wiring) {
    /** {@link Tensor#layer} of a tensor of no layer. */
    public static final int NO_LAYER = -1;

    /** Largest V, E and H: with these every size of a tensor fits an int, and every product of sizes a long. */
    private static final int MAX_SIZE = 1 << 20;

    private static final int MAX_LAYERS = 256;
    /** Elements of the longest Java array. */
    private static final long MAX_ARRAY_LENGTH = Integer.MAX_VALUE - 8L;

    private static final double EMBEDDING_DEVIATION = 0.3;
    /** Before it has seen a text end, a model ends none of its own. */
    private static final double END_OF_TEXT_BIAS = -5;

    /**
     * One weight tensor: its place in the flat vector, row-major.
     *
     * @param layer that it belongs to; {@link #NO_LAYER} for embedding and softmax
     * @param name as stored and exported
     * @param offset of its first element in the flat vector
     * @param columns 1 for a vector
     * @param law of its first values
     */
    public record Tensor(TensorRole role, int layer, String name, int offset, int rows, int columns, InitialLaw law) {
        /** Number of elements. */
        public int length() {
            return rows * columns;
        }
    }

    /**
     * A shape that fits into memory.
     *
     * @throws IllegalArgumentException if a size is out of range, or no Java array holds all weights
     */
    public Shape(int symbols, int embedding, int hidden, int layers, Cell cell, Wiring wiring) {
        requireRange("symbols", symbols, 2, MAX_SIZE);
        requireRange("embedding values", embedding, 1, MAX_SIZE);
        requireRange("hidden units", hidden, 1, MAX_SIZE);
        requireRange("layers", layers, 1, MAX_LAYERS);
        this.symbols = symbols;
        this.embedding = embedding;
        this.hidden = hidden;
        this.layers = layers;
        this.cell = cell;
        this.wiring = wiring;
        long weights = countWeights();
        if (weights > MAX_ARRAY_LENGTH) {
            throw new IllegalArgumentException("Expected fewer than 2³¹ weights, found a model of " + symbols
                    + " symbols, " + embedding + " embedding values, " + hidden + " hidden units and " + layers
                    + " layers, with " + weights + " weights of " + Float.BYTES * weights + " bytes together");
        }
    }

    /** A shape with the cell {@link Cell#NORMALISED} and the wiring {@link Wiring#DENSE}. */
    public Shape(int symbols, int embedding, int hidden, int layers) {
        this(symbols, embedding, hidden, layers, Cell.NORMALISED, Wiring.DENSE);
    }

    /** G·H, columns of the product that the gates of a layer are computed from. */
    public int gateColumns() {
        return cell.gates().size() * hidden;
    }

    /** Whether layer {@code layer} reads the embedding. */
    public boolean readsEmbedding(int layer) {
        return wiring.readsEmbedding(layer);
    }

    /**
     * First column of the embedding in what layer {@code layer} reads of others; the output of the layer below, if any,
     * is before it.
     */
    public int embeddingColumn(int layer) {
        return layer == 0 ? 0 : hidden;
    }

    /**
     * I, columns that layer {@code layer} reads of others at each step: the output of the layer below, if any, then the
     * embedding.
     */
    public int inputOf(int layer) {
        return embeddingColumn(layer) + (readsEmbedding(layer) ? embedding : 0);
    }

    /**
     * R, all columns that layer {@code layer} reads at each step: its own previous output, then what it reads of
     * others.
     */
    public int readBy(int layer) {
        return hidden + inputOf(layer);
    }

    /** Whether the softmax reads the output of layer {@code layer}. */
    public boolean isReadBySoftmax(int layer) {
        return wiring.isReadBySoftmax(layer, layers);
    }

    /**
     * First column of the output of layer {@code layer} in what the softmax reads: outputs are in the order of the
     * layers.
     */
    public int softmaxColumn(int layer) {
        int column = 0;
        for (int below = 0; below < layer; below++) {
            column += isReadBySoftmax(below) ? hidden : 0;
        }
        return column;
    }

    /** S, columns that the softmax reads at each step. */
    public int softmaxInput() {
        return softmaxColumn(layers);
    }

    /** Number of state vectors of a layer; the first, {@link Cell#OUTPUT}, is its output. */
    public int stateVectors() {
        return cell.states().size();
    }

    /** Offset in a stream's state of a vector {@code (H)} of layer {@code layer}. */
    public int stateOffset(int layer, int vector) {
        return (layer * stateVectors() + vector) * hidden;
    }

    /** Length of a stream's state: for each layer the {@link Cell#states()}, each {@code (H)}. */
    public int stateLength() {
        return stateOffset(layers, 0);
    }

    /**
     * {@code embedding (V, E)}; for each layer l the tensors of the cell, as {@code layerl.weight (R, G·H)};
     * {@code softmax.weight (S, V)}, {@code softmax.bias (V)}. The embedding is initialized normally, the softmax
     * weight uniformly in ±½/√S.
     */
    public List<Tensor> tensors() {
        List<Tensor> tensors = new ArrayList<>();
        add(tensors, NO_LAYER, TensorRole.EMBEDDING, symbols, embedding, new InitialLaw.Normal(EMBEDDING_DEVIATION));
        for (int layer = 0; layer < layers; layer++) {
            for (Cell.LayerTensor of : cell.tensors(readBy(layer), hidden)) {
                add(tensors, layer, of.role(), of.rows(), of.columns(), of.law());
            }
        }
        InitialLaw small = new InitialLaw.Uniform(0.5 / Math.sqrt(softmaxInput()));
        add(tensors, NO_LAYER, TensorRole.SOFTMAX_WEIGHT, softmaxInput(), symbols, small);
        InitialLaw unending = new InitialLaw.Range(END_OF_TEXT_BIAS, Alphabet.END_OF_TEXT, Alphabet.END_OF_TEXT + 1);
        add(tensors, NO_LAYER, TensorRole.SOFTMAX_BIAS, symbols, 1, unending);
        return List.copyOf(tensors);
    }

    /**
     * The tensor of that role that belongs to no layer.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Tensor tensor(TensorRole role) {
        return tensor(role, NO_LAYER);
    }

    /**
     * The tensor of that role of layer {@code layer}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Tensor tensor(TensorRole role, int layer) {
        return tensors().stream()
                .filter(tensor -> tensor.role() == role && tensor.layer() == layer)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No " + role + " in layer " + layer + " of " + this));
    }

    /** P, length of the flat vector of all weights. */
    public int parameters() {
        return Math.toIntExact(countWeights());
    }

    private long countWeights() {
        long count = (long) symbols * embedding + (long) softmaxInput() * symbols + symbols;
        for (int layer = 0; layer < layers; layer++) {
            for (Cell.LayerTensor of : cell.tensors(readBy(layer), hidden)) {
                count += (long) of.rows() * of.columns();
            }
        }
        return count;
    }

    private static void add(List<Tensor> tensors, int layer, TensorRole role, int rows, int columns, InitialLaw law) {
        int offset = 0;
        if (!tensors.isEmpty()) {
            Tensor last = tensors.get(tensors.size() - 1);
            offset = last.offset() + last.length();
        }
        String name = layer == NO_LAYER ? role.label() : "layer" + layer + "." + role.label();
        tensors.add(new Tensor(role, layer, name, offset, rows, columns, law));
    }

    private static void requireRange(String what, int size, int least, int most) {
        if (size < least || size > most) {
            throw new IllegalArgumentException("Expected " + least + " to " + most + " " + what + ", found " + size);
        }
    }
}
