package io.babble.model;

import java.util.Arrays;

/**
 * One layer's cell for one lane at one step: what happens between the matrix products, forward and backward, on rows of floats.
 *
 * <p>An LSTM whose forget and input gates are coupled (Greff et al., "LSTM: A Search Space Odyssey", 2017, section 3: CIFG) and
 * whose gates are each normalised by their root mean square (Zhang, Sennrich, "Root Mean Square Layer Normalization", NeurIPS
 * 2019, equation 4) before gain and bias:
 *
 * <pre>
 * n = z / √(mean(z²) + ε) · gain + bias     for each of the gates f, g, o
 * c' = σ(n_f)·c + (1 − σ(n_f))·tanh(n_g)
 * h' = σ(n_o)·tanh(c')
 * </pre>
 *
 * <p>Written as plain loops over arrays, which the compiler turns into vector instructions. Belongs to one thread.
 */
final class Cell {
    /** Floats that {@link #forward} keeps for {@link #backward}: f, g, o, c before and tanh c after, each {@code (H)}. */
    private static final int KEPT = 5;

    private final int hidden;
    private final float[] gain; // (3H)
    private final float[] bias; // (3H)
    private final float[] gainGradient; // (3H)
    private final float[] biasGradient; // (3H)

    Cell(int hidden) {
        this.hidden = hidden;
        gain = new float[Shape.GATES * hidden];
        bias = new float[Shape.GATES * hidden];
        gainGradient = new float[Shape.GATES * hidden];
        biasGradient = new float[Shape.GATES * hidden];
    }

    static int kept(int hidden) {
        return KEPT * hidden;
    }

    float[] gain() {
        return gain;
    }

    float[] bias() {
        return bias;
    }

    float[] gainGradient() {
        return gainGradient;
    }

    float[] biasGradient() {
        return biasGradient;
    }

    /**
     * One step forward.
     *
     * @param z what the gates read {@code (3H)}
     * @param c {@code (H)}, overwritten with that after the step
     * @param kept overwritten
     * @param h {@code (H)}, overwritten with the output
     */
    void forward(float[] z, float[] c, float[] kept, float[] h) {
        int n = hidden;
        for (int gate = 0; gate < Shape.GATES; gate++) {
            int at = gate * n;
            float scale = scale(z, at);
            for (int j = 0; j < n; j++) {
                kept[at + j] = z[at + j] * scale * gain[at + j] + bias[at + j];
            }
        }
        for (int j = 0; j < n; j++) {
            kept[j] = sigmoid(kept[j]);
        }
        for (int j = 0; j < n; j++) {
            kept[n + j] = tanh(kept[n + j]);
        }
        for (int j = 0; j < n; j++) {
            kept[2 * n + j] = sigmoid(kept[2 * n + j]);
        }
        for (int j = 0; j < n; j++) {
            float before = c[j];
            float after = kept[j] * before + (1 - kept[j]) * kept[n + j];
            kept[3 * n + j] = before;
            c[j] = after;
        }
        for (int j = 0; j < n; j++) {
            float squashed = tanh(c[j]);
            kept[4 * n + j] = squashed;
            h[j] = kept[2 * n + j] * squashed;
        }
    }

    /** Forgets the gradients of gain and bias. */
    void clearGradients() {
        Arrays.fill(gainGradient, 0);
        Arrays.fill(biasGradient, 0);
    }

    /**
     * One step backward; adds to the gradients of gain and bias.
     *
     * @param z what the gates read {@code (3H)}
     * @param kept of the step forward
     * @param dh gradient of the output {@code (H)}
     * @param dc gradient of c after the step {@code (H)}, overwritten with that before it
     * @param dz {@code (3H)}, overwritten with the gradient of {@code z}
     */
    void backward(float[] z, float[] kept, float[] dh, float[] dc, float[] dz) {
        int n = hidden;
        for (int j = 0; j < n; j++) {
            float f = kept[j];
            float g = kept[n + j];
            float o = kept[2 * n + j];
            float squashed = kept[4 * n + j];
            float d = dc[j] + dh[j] * o * (1 - squashed * squashed);
            dz[j] = d * (kept[3 * n + j] - g) * f * (1 - f);
            dz[n + j] = d * (1 - f) * (1 - g * g);
            dz[2 * n + j] = dh[j] * squashed * o * (1 - o);
            dc[j] = d * f;
        }
        for (int gate = 0; gate < Shape.GATES; gate++) {
            normBackward(z, dz, gate * n);
        }
    }

    /** From the gradient of n to that of z, for the gate that begins {@code at}. */
    private void normBackward(float[] z, float[] dz, int at) {
        int n = hidden;
        float scale = scale(z, at);
        for (int j = at; j < at + n; j++) {
            float d = dz[j];
            biasGradient[j] += d;
            gainGradient[j] += d * z[j] * scale;
            dz[j] = d * gain[j];
        }
        float pull = scale * scale * dot(dz, z, at) / n;
        for (int j = at; j < at + n; j++) {
            dz[j] = scale * (dz[j] - z[j] * pull);
        }
    }

    private float scale(float[] z, int at) {
        return (float) (1 / Math.sqrt(dot(z, z, at) / hidden + Shape.NORM_EPSILON));
    }

    /** Eight sums side by side: one alone would wait for itself at every element. */
    private float dot(float[] a, float[] b, int at) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int j = at;
        int end = at + hidden;
        for (; j + 8 <= end; j += 8) {
            s0 += a[j] * b[j];
            s1 += a[j + 1] * b[j + 1];
            s2 += a[j + 2] * b[j + 2];
            s3 += a[j + 3] * b[j + 3];
            s4 += a[j + 4] * b[j + 4];
            s5 += a[j + 5] * b[j + 5];
            s6 += a[j + 6] * b[j + 6];
            s7 += a[j + 7] * b[j + 7];
        }
        for (; j < end; j++) {
            s0 += a[j] * b[j];
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    private static float sigmoid(float x) {
        return 0.5f * tanh(0.5f * x) + 0.5f;
    }

    /**
     * The rational approximation of Eigen ({@code generic_fast_tanh_float}), within 4 units in the last place; unlike {@link
     * Math#tanh} it becomes vector instructions.
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
