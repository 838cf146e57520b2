package io.babble.model.backend.onednn;

import io.babble.model.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * One layer over a window: matrix products by oneDNN, and a {@link Cell} between them. What others read in the window is one
 * product for all steps; the layer's own last output is one a step.
 */
final class OneDnnLayer {
    private final OneDnnWeights weights;
    private final int layer;
    private final int steps;
    private final int lanes;
    private final int hidden;
    private final Factor lastWeights; // (H, 3H)
    private final Factor otherWeights; // (I, 3H)
    private final Buffers.Buffer read; // (T·N, R)
    private final Buffers.Buffer z; // (T·N, 3H), on the way back its gradient
    private final Products.Product fromLast;
    private final Products.Product fromOthers;
    private final Cell cell;
    private final float[][] h; // [lane] (H) after the last step
    private final float[][] c;
    private Buffers.Buffer kept; // (T·N, 5H)
    private Buffers.Buffer hGradient; // (N, H), what the step after gives the one before
    private Buffers.Buffer inputGradient; // (T·N, I)
    private Products.Product toLast;
    private Products.Product toOthers;
    private Products.Gradient weightGradient;
    private float[][] dc; // [lane] (H)
    private float[] dh;

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
        Shape shape = weights.shape();
        steps = size.steps();
        lanes = size.lanes();
        hidden = shape.hidden();
        lastWeights = weights.factor(name("weight"), 0, hidden);
        otherWeights = weights.factor(name("weight"), hidden, shape.inputOf(layer));
        read = buffers.reserve((long) steps * lanes, shape.readBy(layer));
        z = buffers.reserve(read.rows(), Shape.GATES * hidden);
        fromOthers = products.product(read, hidden, read.rows(), otherWeights, z, false);
        fromLast = products.product(read, 0, lanes, lastWeights, z, true);
        cell = new Cell(hidden);
        h = new float[lanes][hidden];
        c = new float[lanes][hidden];
    }

    /**
     * Adds the way back.
     *
     * @param adds whether the matrix' gradient is added to what is there
     */
    void addBackward(Products products, Buffers buffers, boolean adds) {
        kept = buffers.reserve(read.rows(), Cell.kept(hidden));
        hGradient = buffers.reserve(lanes, hidden);
        inputGradient = buffers.reserve(read.rows(), otherWeights.k());
        toLast = products.product(z, 0, lanes, lastWeights.back(), hGradient, false);
        toOthers = products.product(z, 0, read.rows(), otherWeights.back(), inputGradient, false);
        weightGradient = products.gradient(read, z, weights.gradient(name("weight")), adds);
        dc = new float[lanes][hidden];
        dh = new float[hidden];
    }

    /**
     * Puts what this layer reads of others.
     *
     * @param at first column, from 0 to I
     */
    void putInput(int step, int lane, int at, float[] values) {
        read.put(step * lanes + lane, hidden + at, values);
    }

    /** What {@link #putInput} put gets as gradient. */
    void getInputGradient(int step, int lane, int at, float[] gradient) {
        inputGradient.get(step * lanes + lane, at, gradient);
    }

    void readStates(List<float[]> states) {
        int at = 2 * layer * hidden;
        for (int lane = 0; lane < lanes; lane++) {
            read.put(lane, 0, states.get(lane), at, hidden);
            System.arraycopy(states.get(lane), at + hidden, c[lane], 0, hidden);
        }
    }

    void writeStates(List<float[]> states) {
        int at = 2 * layer * hidden;
        for (int lane = 0; lane < lanes; lane++) {
            System.arraycopy(h[lane], 0, states.get(lane), at, hidden);
            System.arraycopy(c[lane], 0, states.get(lane), at + hidden, hidden);
        }
    }

    void forward(Output output) {
        cell.load(weights.floats(name("gain")), weights.floats(name("bias")));
        fromOthers.compute(0, 0);
        for (int t = 0; t < steps; t++) {
            int first = t * lanes;
            fromLast.compute(first, first);
            for (int lane = 0; lane < lanes; lane++) {
                cell.forward(z, first + lane, c[lane], h[lane], kept);
                if (t + 1 < steps) {
                    read.put(first + lanes + lane, 0, h[lane]);
                }
                output.put(t, lane, h[lane]);
            }
        }
    }

    void backward(OutputGradient output) {
        cell.clearGradients();
        for (int t = steps - 1; t >= 0; t--) {
            int first = t * lanes;
            for (int lane = 0; lane < lanes; lane++) {
                if (t + 1 < steps) {
                    hGradient.get(lane, 0, dh);
                } else {
                    Arrays.fill(dh, 0);
                    Arrays.fill(dc[lane], 0);
                }
                output.add(t, lane, dh);
                cell.backward(z, first + lane, dh, dc[lane], kept);
            }
            if (t > 0) {
                toLast.compute(first, 0);
            }
        }
        toOthers.compute(0, 0);
    }

    /** After {@link #backward}. */
    void matrixGradient(int part) {
        weightGradient.compute(part);
    }

    /** After {@link #backward}. */
    void vectorGradients(boolean add) {
        for (int gate = 0; gate < Shape.GATES; gate++) {
            weights.gradient(name("gain"), gate * hidden, cell.gainGradient()[gate], add);
            weights.gradient(name("bias"), gate * hidden, cell.biasGradient()[gate], add);
        }
    }

    private String name(String tensor) {
        return "layer" + layer + "." + tensor;
    }
}
