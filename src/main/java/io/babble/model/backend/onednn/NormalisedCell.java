package io.babble.model.backend.onednn;

import io.babble.model.Cell;
import io.babble.model.Shape;
import io.babble.model.TensorRole;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * {@link Cell#NORMALISED} for one lane of one layer at one step: what is computed between the matrix products, forward
 * and backward, on rows of floats.
 *
 * <p>Plain loops over whole arrays from their first element on: only then does the compiler see that the arrays do not
 * overlap, and vectorise the loops. Belongs to one thread.
 */
final class NormalisedCell {
    private static final int GATES = Cell.NORMALISED.gates().size();
    private static final int F = Cell.NORMALISED.gates().indexOf("f");
    private static final int G = Cell.NORMALISED.gates().indexOf("g");
    private static final int O = Cell.NORMALISED.gates().indexOf("o");
    private static final int C = Cell.NORMALISED.states().indexOf("c");

    private final OneDnnWeights weights;
    private final Shape.Tensor gains;
    private final Shape.Tensor biases;
    private final int hidden;
    private final float[][] z; // [gate] (H), in the backward pass its gradient
    private final float[][] gates; // [gate] (H)
    private final float[][] gain; // [gate] (H)
    private final float[][] bias; // [gate] (H)
    private final float[][] gainGradient; // [gate] (H)
    private final float[][] biasGradient; // [gate] (H)
    private final float[] previous; // c before the step (H)
    private final float[] squashed; // tanh c after the step (H)
    private final float[] dz; // of one gate (H)

    NormalisedCell(OneDnnWeights weights, int layer) {
        this.weights = weights;
        Shape shape = weights.shape();
        gains = shape.tensor(TensorRole.GAIN, layer);
        biases = shape.tensor(TensorRole.BIAS, layer);
        hidden = shape.hidden();
        z = new float[GATES][hidden];
        gates = new float[GATES][hidden];
        gain = new float[GATES][hidden];
        bias = new float[GATES][hidden];
        gainGradient = new float[GATES][hidden];
        biasGradient = new float[GATES][hidden];
        previous = new float[hidden];
        squashed = new float[hidden];
        dz = new float[hidden];
    }

    /**
     * Floats that {@link #forward} keeps for {@link #backward}: f, g, o, c before and tanh c after, each {@code (H)}.
     */
    static int kept(int hidden) {
        return (GATES + 2) * hidden;
    }

    /** Copies gain and bias of the layer, to be called whenever the weights have changed. */
    void load() {
        FloatBuffer allGains = weights.floats(gains);
        FloatBuffer allBiases = weights.floats(biases);
        for (int gate = 0; gate < GATES; gate++) {
            allGains.get(gate * hidden, gain[gate]);
            allBiases.get(gate * hidden, bias[gate]);
        }
    }

    /** Sets the gradients of gain and bias to zero. */
    void clearGradients() {
        for (int gate = 0; gate < GATES; gate++) {
            Arrays.fill(gainGradient[gate], 0);
            Arrays.fill(biasGradient[gate], 0);
        }
    }

    /**
     * Writes the gradients of gain and bias.
     *
     * @param add whether they are added to the gradients that are there
     */
    void writeGradients(boolean add) {
        for (int gate = 0; gate < GATES; gate++) {
            weights.putGradient(gains, gate * hidden, gainGradient[gate], add);
            weights.putGradient(biases, gate * hidden, biasGradient[gate], add);
        }
    }

    /**
     * One step forward.
     *
     * @param product what the gates are computed from {@code (·, 3H)}
     * @param row of it, and of {@code kept}
     * @param state h and c, each {@code (H)}, overwritten with those after the step
     * @param kept {@code (·, 5H)}, or null if there is no backward pass
     */
    void forward(Buffers.Buffer product, int row, float[][] state, Buffers.Buffer kept) {
        float[] h = state[Cell.OUTPUT];
        float[] c = state[C];
        get(product, row, z);
        for (int gate = 0; gate < GATES; gate++) {
            normalise(z[gate], scale(z[gate]), gain[gate], bias[gate], gates[gate]);
        }
        sigmoid(gates[F]);
        tanh(gates[G], gates[G]);
        sigmoid(gates[O]);
        System.arraycopy(c, 0, previous, 0, hidden);
        updateMemory(gates[F], gates[G], c);
        tanh(c, squashed);
        multiply(gates[O], squashed, h);
        if (kept != null) {
            put(kept, row, gates);
            kept.put(row, GATES * hidden, previous);
            kept.put(row, (GATES + 1) * hidden, squashed);
        }
    }

    /**
     * One step backward; adds to the gradients of gain and bias.
     *
     * @param product what the gates are computed from {@code (·, 3H)}, overwritten with its gradient
     * @param row of it, and of {@code kept}
     * @param stateGradient of h and c after the step, each {@code (H)}; that of c is overwritten with the one before
     *     the step. The previous h reaches the step through the product only
     * @param kept by the forward pass
     */
    void backward(Buffers.Buffer product, int row, float[][] stateGradient, Buffers.Buffer kept) {
        float[] dh = stateGradient[Cell.OUTPUT];
        float[] dc = stateGradient[C];
        get(product, row, z);
        get(kept, row, gates);
        kept.get(row, GATES * hidden, previous);
        kept.get(row, (GATES + 1) * hidden, squashed);
        outputBackward(dh, gates[O], squashed, dz);
        normBackward(O);
        addThroughOutput(dh, gates[O], squashed, dc);
        forgetBackward(dc, previous, gates[G], gates[F], dz);
        normBackward(F);
        newBackward(dc, gates[F], gates[G], dz);
        normBackward(G);
        multiply(dc, gates[F], dc);
        put(product, row, z);
    }

    private void get(Buffers.Buffer buffer, int row, float[][] to) {
        for (int gate = 0; gate < GATES; gate++) {
            buffer.get(row, gate * hidden, to[gate]);
        }
    }

    private void put(Buffers.Buffer buffer, int row, float[][] from) {
        for (int gate = 0; gate < GATES; gate++) {
            buffer.put(row, gate * hidden, from[gate]);
        }
    }

    private static void normalise(float[] z, float scale, float[] gain, float[] bias, float[] to) {
        for (int j = 0; j < to.length; j++) {
            to[j] = z[j] * scale * gain[j] + bias[j];
        }
    }

    /** c' = f·c + (1 − f)·g. */
    private static void updateMemory(float[] f, float[] g, float[] c) {
        for (int j = 0; j < c.length; j++) {
            c[j] = f[j] * c[j] + (1 - f[j]) * g[j];
        }
    }

    private static void multiply(float[] a, float[] b, float[] to) {
        for (int j = 0; j < to.length; j++) {
            to[j] = a[j] * b[j];
        }
    }

    private static void outputBackward(float[] dh, float[] o, float[] squashed, float[] to) {
        for (int j = 0; j < to.length; j++) {
            to[j] = dh[j] * squashed[j] * o[j] * (1 - o[j]);
        }
    }

    private static void addThroughOutput(float[] dh, float[] o, float[] squashed, float[] dc) {
        for (int j = 0; j < dc.length; j++) {
            dc[j] += dh[j] * o[j] * (1 - squashed[j] * squashed[j]);
        }
    }

    private static void forgetBackward(float[] dc, float[] previous, float[] g, float[] f, float[] to) {
        for (int j = 0; j < to.length; j++) {
            to[j] = dc[j] * (previous[j] - g[j]) * f[j] * (1 - f[j]);
        }
    }

    private static void newBackward(float[] dc, float[] f, float[] g, float[] to) {
        for (int j = 0; j < to.length; j++) {
            to[j] = dc[j] * (1 - f[j]) * (1 - g[j] * g[j]);
        }
    }

    /** From the gradient of what is normalised, in {@code dz}, to that of z, which it overwrites. */
    private void normBackward(int gate) {
        float scale = scale(z[gate]);
        addTo(dz, biasGradient[gate]);
        addScaledProduct(dz, z[gate], scale, gainGradient[gate]);
        multiply(dz, gain[gate], dz);
        float projection = scale * scale * dot(dz, z[gate]) / hidden;
        subtractProjection(dz, scale, projection, z[gate]);
    }

    private static void addTo(float[] values, float[] sum) {
        for (int j = 0; j < sum.length; j++) {
            sum[j] += values[j];
        }
    }

    private static void addScaledProduct(float[] a, float[] b, float scale, float[] sum) {
        for (int j = 0; j < sum.length; j++) {
            sum[j] += a[j] * b[j] * scale;
        }
    }

    private static void subtractProjection(float[] d, float scale, float projection, float[] z) {
        for (int j = 0; j < z.length; j++) {
            z[j] = scale * (d[j] - z[j] * projection);
        }
    }

    private float scale(float[] z) {
        return (float) (1 / Math.sqrt(dot(z, z) / hidden + Cell.NORM_EPSILON));
    }

    /** Eight independent sums: with a single one each addition would wait for the previous one. */
    private static float dot(float[] a, float[] b) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int j = 0;
        for (; j + 8 <= a.length; j += 8) {
            s0 += a[j] * b[j];
            s1 += a[j + 1] * b[j + 1];
            s2 += a[j + 2] * b[j + 2];
            s3 += a[j + 3] * b[j + 3];
            s4 += a[j + 4] * b[j + 4];
            s5 += a[j + 5] * b[j + 5];
            s6 += a[j + 6] * b[j + 6];
            s7 += a[j + 7] * b[j + 7];
        }
        for (; j < a.length; j++) {
            s0 += a[j] * b[j];
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    private static void sigmoid(float[] values) {
        for (int j = 0; j < values.length; j++) {
            values[j] = 0.5f * tanh(0.5f * values[j]) + 0.5f;
        }
    }

    private static void tanh(float[] values, float[] to) {
        for (int j = 0; j < to.length; j++) {
            to[j] = tanh(values[j]);
        }
    }

    /**
     * The rational approximation of Eigen ({@code generic_fast_tanh_float}), within 4 units in the last place; unlike
     * {@link Math#tanh} it is vectorised.
     */
    private static float tanh(float x) {
        float y = Math.max(-7.9988117f, Math.min(7.9988117f, x));
        float s = y * y;
        float p = s * -2.7607684E-16f + 2.000188E-13f;
        p = s * p - 8.604672E-11f;
        p = s * p + 5.1222973E-8f;
        p = s * p + 1.48572235E-5f;
        p = s * p + 6.3726195E-4f;
        p = s * p + 4.8935246E-3f;
        float q = s * 1.1982584E-6f + 1.1853471E-4f;
        q = s * q + 2.2684347E-3f;
        q = s * q + 4.893525E-3f;
        return y * p / q;
    }
}
