package io.babble.model.backend.onednn;

import io.babble.model.Cell;
import io.babble.model.Shape;
import io.babble.model.TensorRole;
import java.util.Arrays;
import java.util.List;

/**
 * One layer over a window: matrix products by oneDNN, and a cell between them. What the layer reads of others is
 * multiplied in one product for all steps, its own previous output in one product for each step.
 */
final class OneDnnLayer {
    private final OneDnnWeights weights;
    private final Shape shape;
    private final int layer;
    private final int steps;
    private final int lanes;
    private final int hidden;
    private final Shape.Tensor weight; // (R, G·H)
    private final Factor previousWeights; // (H, G·H)
    private final Factor inputWeights; // (I, G·H)
    private final Buffers.Buffer read; // (T·N, R)
    private final Buffers.Buffer z; // (T·N, G·H), in the backward pass its gradient
    private final Products.Product ofPrevious;
    private final Products.Product ofInput;
    private final NormalisedCell cell;
    private final float[][][] states; // [lane][vector] (H) after the last step
    private Buffers.Buffer kept; // (T·N, K)
    private Buffers.Buffer previousGradient; // (N, H), of the output of the step before, through the product
    private Buffers.Buffer inputGradient; // (T·N, I)
    private Products.Product previousBackward;
    private Products.Product inputBackward;
    private Products.Gradient weightGradient;
    private float[][][] stateGradients; // [lane][vector] (H)

    /** Receives a layer's output {@code (H)}. */
    interface Output {
        void put(int step, int lane, float[] h);
    }

    /** Adds to the gradient of a layer's output {@code (H)}. */
    interface OutputGradient {
        void add(int step, int lane, float[] dh);
    }

    OneDnnLayer(OneDnnWeights weights, Products products, Buffers buffers, OneDnnPlan.Size size, int layer) {
        this.weights = weights;
        this.layer = layer;
        shape = weights.shape();
        steps = size.steps();
        lanes = size.lanes();
        hidden = shape.hidden();
        weight = shape.tensor(TensorRole.WEIGHT, layer);
        previousWeights = weights.factor(weight, 0, hidden);
        inputWeights = weights.factor(weight, hidden, shape.inputOf(layer));
        read = buffers.reserve((long) steps * lanes, shape.readBy(layer));
        z = buffers.reserve(read.rows(), shape.gateColumns());
        ofInput = products.product(read, hidden, read.rows(), inputWeights, z, false);
        ofPrevious = products.product(read, 0, lanes, previousWeights, z, true);
        cell = new NormalisedCell(weights, layer);
        states = new float[lanes][shape.stateVectors()][hidden];
    }

    /**
     * Adds the backward pass.
     *
     * @param adds whether the gradient of the weight is added to the gradient that is there
     */
    void addBackward(Products products, Buffers buffers, boolean adds) {
        kept = buffers.reserve(read.rows(), NormalisedCell.kept(hidden));
        previousGradient = buffers.reserve(lanes, hidden);
        inputGradient = buffers.reserve(read.rows(), inputWeights.k());
        previousBackward = products.product(z, 0, lanes, previousWeights.transpose(), previousGradient, false);
        inputBackward = products.product(z, 0, read.rows(), inputWeights.transpose(), inputGradient, false);
        weightGradient = products.gradient(read, z, weights.gradient(weight), adds);
        stateGradients = new float[lanes][shape.stateVectors()][hidden];
    }

    /**
     * Writes a part of what this layer reads of others.
     *
     * @param column its first column, from 0 to I
     */
    void putInput(int step, int lane, int column, float[] values) {
        read.put(step * lanes + lane, hidden + column, values);
    }

    /** Overwrites {@code gradient} with that of what {@link #putInput} wrote. */
    void getInputGradient(int step, int lane, int column, float[] gradient) {
        inputGradient.get(step * lanes + lane, column, gradient);
    }

    void readStates(List<float[]> from) {
        for (int lane = 0; lane < lanes; lane++) {
            for (int vector = 0; vector < states[lane].length; vector++) {
                System.arraycopy(from.get(lane), shape.stateOffset(layer, vector), states[lane][vector], 0, hidden);
            }
            read.put(lane, 0, states[lane][Cell.OUTPUT]);
        }
    }

    void writeStates(List<float[]> to) {
        for (int lane = 0; lane < lanes; lane++) {
            for (int vector = 0; vector < states[lane].length; vector++) {
                System.arraycopy(states[lane][vector], 0, to.get(lane), shape.stateOffset(layer, vector), hidden);
            }
        }
    }

    void forward(Output output) {
        cell.load();
        ofInput.compute(0, 0);
        for (int t = 0; t < steps; t++) {
            int first = t * lanes;
            ofPrevious.compute(first, first);
            for (int lane = 0; lane < lanes; lane++) {
                float[] h = states[lane][Cell.OUTPUT];
                cell.forward(z, first + lane, states[lane], kept);
                if (t + 1 < steps) {
                    read.put(first + lanes + lane, 0, h);
                }
                output.put(t, lane, h);
            }
        }
    }

    void backward(OutputGradient output) {
        cell.clearGradients();
        for (int t = steps - 1; t >= 0; t--) {
            int first = t * lanes;
            for (int lane = 0; lane < lanes; lane++) {
                float[] dh = stateGradients[lane][Cell.OUTPUT];
                if (t + 1 < steps) {
                    // A cell that reads its previous output outside of the product, too, would have to add to this.
                    previousGradient.get(lane, 0, dh);
                } else {
                    for (float[] gradient : stateGradients[lane]) {
                        Arrays.fill(gradient, 0);
                    }
                }
                output.add(t, lane, dh);
                cell.backward(z, first + lane, stateGradients[lane], kept);
            }
            if (t > 0) {
                previousBackward.compute(first, 0);
            }
        }
        inputBackward.compute(0, 0);
    }

    /** Computes one part of the gradient of the weight, after {@link #backward}. */
    void matrixGradient(int part) {
        weightGradient.compute(part);
    }

    /** Writes the gradients of the other tensors, after {@link #backward}. */
    void vectorGradients(boolean add) {
        cell.writeGradients(add);
    }
}
