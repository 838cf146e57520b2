package io.babble.model;

import java.util.List;

/**
 * What a recurrent layer computes at one step: its gates, its tensors and its state. A backend that implements a cell
 * takes names, order and sizes from here.
 */
public enum Cell {
    /**
     * An LSTM whose forget and input gates are coupled (Greff et al., "LSTM: A Search Space Odyssey", 2017, section 3:
     * CIFG) and whose gates are each normalised by their root mean square (Zhang, Sennrich, "Root Mean Square Layer
     * Normalization", NeurIPS 2019, equation 4) before gain and bias. From z {@code (3H)}, the product of what the
     * layer reads {@code (R)} and its weight:
     *
     * <pre>
     * n = z / √(mean(z²) + ε) · gain + bias     for each of the gates f, g, o
     * c' = σ(n_f)·c + (1 − σ(n_f))·tanh(n_g)
     * h' = σ(n_o)·tanh(c')
     * </pre>
     *
     * <p>The bias of the forget gate is initialized to 1, so that a new model remembers (Jozefowicz, Zaremba,
     * Sutskever, "An Empirical Exploration of Recurrent Network Architectures", ICML 2015); weights are uniform in
     * ±1/√H.
     */
    NORMALISED((byte) 1, "normalised", List.of("f", "g", "o"), List.of("h", "c")) {
        @Override
        List<LayerTensor> tensors(int read, int hidden) {
            int gateColumns = gates().size() * hidden;
            return List.of(
                    new LayerTensor(
                            TensorRole.WEIGHT, read, gateColumns, new InitialLaw.Uniform(1 / Math.sqrt(hidden))),
                    new LayerTensor(TensorRole.GAIN, gateColumns, 1, new InitialLaw.Constant(1)),
                    new LayerTensor(TensorRole.BIAS, gateColumns, 1, forgetGate(1, hidden)));
        }

        private InitialLaw forgetGate(double value, int hidden) {
            int from = gates().indexOf("f") * hidden;
            return new InitialLaw.Range(value, from, from + hidden);
        }
    };

    /** ε of the norm of the gates. */
    public static final double NORM_EPSILON = 1e-5;

    /** Index of the state vector that is the output of a layer, h, in every cell. */
    public static final int OUTPUT = 0;

    private final byte code;
    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> gates;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> states;

    Cell(byte code, String label, List<String> gates, List<String> states) {
        this.code = code;
        this.label = label;
        this.gates = gates;
        this.states = states;
    }

    /** A tensor of one layer. {@code columns} is 1 for a vector. */
    record LayerTensor(TensorRole role, int rows, int columns, InitialLaw law) {}

    /** Identifies the cell in stored bytes; never changes. */
    public byte code() {
        return code;
    }

    /** Names of the gates, in the order of their columns in a layer's product. */
    public List<String> gates() {
        return gates;
    }

    /**
     * Names of the state vectors, each {@code (H)}, in the order in which a state holds them; the first is
     * {@link #OUTPUT}.
     */
    public List<String> states() {
        return states;
    }

    /**
     * The tensors of a layer, in the order in which the vector of all weights holds them.
     *
     * @param read R, columns of what the layer reads
     * @param hidden H
     */
    abstract List<LayerTensor> tensors(int read, int hidden);

    /** The name of the cell, as in options and exported files. */
    @Override
    public String toString() {
        return label;
    }
}
