package io.babble.model.backend.onednn;

import io.babble.model.Training;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Norm, clipping and optimizer in two passes over the flat vectors. The formulas are those of ND4J's updaters
 * ({@code adam_updater} and so on), which need more passes; the scalars of a step are computed in double.
 *
 * <p>The vectors are cut into chunks of a fixed length, whose sums are added in order, so that the result does not
 * depend on the number of threads. Moments are stored as one array for each chunk, because the compiler vectorises only
 * loops that use the same index in all arrays. Weights and gradient, which the products need outside the heap, are
 * copied chunk by chunk.
 */
final class FusedUpdate {
    /** Elements; small enough that a chunk of each vector stays in the first-level cache. */
    private static final int CHUNK = 2048;

    private static final int CHUNKS_A_TASK = 16;

    private final Training training;
    private final int length;
    private final FloatBuffer weights; // (P)
    private final FloatBuffer gradient; // (P)
    private final float[][][] moments; // [chunk][moment]
    private final Threads threads;

    /** Sum of squares of a gradient, and its largest absolute value if clipping needs it. */
    record Extent(double squares, double largest) {}

    /** Moments of zero. */
    FusedUpdate(Training training, NativeVector weights, NativeVector gradient, Threads threads) {
        this.training = training;
        length = Math.toIntExact(weights.length());
        this.weights = weights.floats(0, length);
        this.gradient = gradient.floats(0, length);
        moments = new float[(length + CHUNK - 1) / CHUNK][training.optimizer().moments()][CHUNK];
        this.threads = threads;
    }

    /** Copies moments from {@code newMoments}, each {@code (P)}; none means zero. */
    void load(float[][] newMoments) {
        for (int chunk = 0; chunk < moments.length; chunk++) {
            for (int i = 0; i < moments[chunk].length; i++) {
                if (newMoments.length == 0) {
                    Arrays.fill(moments[chunk][i], 0);
                } else {
                    System.arraycopy(newMoments[i], chunk * CHUNK, moments[chunk][i], 0, lengthOf(chunk));
                }
            }
        }
    }

    /** Copies the moments, each {@code (P)}. */
    void copyTo(float[][] copies) {
        inParts((from, to) -> {
            for (int chunk = from; chunk < to; chunk++) {
                for (int i = 0; i < copies.length; i++) {
                    System.arraycopy(moments[chunk][i], 0, copies[i], chunk * CHUNK, lengthOf(chunk));
                }
            }
            return null;
        });
    }

    Extent extent() {
        double squares = 0;
        double largest = 0;
        for (Extent part : inParts(this::extent)) {
            squares += part.squares();
            largest = Math.max(largest, part.largest());
        }
        return new Extent(squares, largest);
    }

    /**
     * Updates weights and moments.
     *
     * @param scale that the gradient is multiplied by first
     * @param bound largest absolute value after scaling
     */
    void update(double scale, double bound, double learningRate, long update) {
        Rule rule = rule(learningRate, update);
        inParts((from, to) -> change(from, to, (float) scale, (float) bound, rule));
    }

    private Rule rule(double learningRate, long update) {
        float rate = (float) learningRate;
        return switch (training.optimizer()) {
            case ADAM -> {
                float unbiased = (float) training.adamRate(learningRate, update);
                yield (w, g, m) -> adam(w, g, m[0], m[1], unbiased);
            }
            case RMSPROP -> (w, g, m) -> rmsProp(w, g, m[0], rate);
            case ADAGRAD -> (w, g, m) -> adaGrad(w, g, m[0], rate);
            case SGD -> (w, g, m) -> sgd(w, g, rate);
        };
    }

    private int lengthOf(int chunk) {
        return Math.min(CHUNK, length - chunk * CHUNK);
    }

    /** Chunks from one to another. */
    private interface Part<R> {
        R over(int from, int to);
    }

    private <R> List<R> inParts(Part<R> part) {
        int tasks = (moments.length + CHUNKS_A_TASK - 1) / CHUNKS_A_TASK;
        return threads.each(tasks, task -> {
            int from = task * CHUNKS_A_TASK;
            return part.over(from, Math.min(from + CHUNKS_A_TASK, moments.length));
        });
    }

    /** With one sum for each index of a chunk: unlike a single running sum, this loop is vectorised. */
    private Extent extent(int from, int to) {
        float[] g = new float[CHUNK];
        float[] squares = new float[CHUNK];
        float[] largest = new float[CHUNK];
        for (int chunk = from; chunk < to; chunk++) {
            int at = chunk * CHUNK;
            int n = lengthOf(chunk);
            gradient.get(at, g, 0, n);
            for (int i = 0; i < n; i++) {
                squares[i] += g[i] * g[i];
            }
            if (training.clipsByValue()) {
                for (int i = 0; i < n; i++) {
                    largest[i] = Math.max(largest[i], Math.abs(g[i]));
                }
            }
        }
        double sum = 0;
        double max = 0;
        for (int i = 0; i < CHUNK; i++) {
            sum += squares[i];
            max = Math.max(max, largest[i]);
        }
        return new Extent(sum, max);
    }

    /** Updates a chunk of weights and moments. */
    private interface Rule {
        void change(float[] w, float[] g, float[][] moments);
    }

    private Void change(int from, int to, float scale, float bound, Rule rule) {
        float[] w = new float[CHUNK];
        float[] g = new float[CHUNK];
        for (int chunk = from; chunk < to; chunk++) {
            int at = chunk * CHUNK;
            int n = lengthOf(chunk);
            weights.get(at, w, 0, n);
            gradient.get(at, g, 0, n);
            for (int i = 0; i < g.length; i++) {
                g[i] *= scale;
            }
            if (bound < Float.POSITIVE_INFINITY) {
                for (int i = 0; i < g.length; i++) {
                    g[i] = Math.max(-bound, Math.min(bound, g[i]));
                }
            }
            rule.change(w, g, moments[chunk]);
            weights.put(at, w, 0, n);
        }
        return null;
    }

    private void adam(float[] w, float[] g, float[] m, float[] v, float rate) {
        float beta1 = (float) training.beta1();
        float beta2 = (float) training.beta2();
        float rest1 = (float) (1 - training.beta1());
        float rest2 = (float) (1 - training.beta2());
        float epsilon = (float) training.epsilon();
        for (int i = 0; i < w.length; i++) {
            m[i] = beta1 * m[i] + rest1 * g[i];
            v[i] = beta2 * v[i] + rest2 * g[i] * g[i];
            w[i] -= rate * m[i] / ((float) Math.sqrt(v[i]) + epsilon);
        }
    }

    private void rmsProp(float[] w, float[] g, float[] v, float rate) {
        float decay = (float) training.beta2();
        float rest = (float) (1 - training.beta2());
        float epsilon = (float) training.epsilon();
        for (int i = 0; i < w.length; i++) {
            v[i] = decay * v[i] + rest * g[i] * g[i];
            w[i] -= rate * g[i] / ((float) Math.sqrt(v[i]) + epsilon);
        }
    }

    private void adaGrad(float[] w, float[] g, float[] sum, float rate) {
        float epsilon = (float) training.epsilon();
        for (int i = 0; i < w.length; i++) {
            sum[i] += g[i] * g[i];
            w[i] -= rate * g[i] / ((float) Math.sqrt(sum[i]) + epsilon);
        }
    }

    private static void sgd(float[] w, float[] g, float rate) {
        for (int i = 0; i < w.length; i++) {
            w[i] -= rate * g[i];
        }
    }
}
