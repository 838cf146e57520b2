package io.babble.model;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Norm, clipping and optimizer in two passes over the flat vectors. The formulas are those of ND4J's updaters ({@code
 * adam_updater} and so on), which need more passes; the scalars of a step are computed in double.
 *
 * <p>Work is cut into chunks of a fixed length, whose sums are added in order: the result does not depend on the threads.
 */
final class FusedUpdate implements AutoCloseable {
    /** Small enough that a chunk of each vector stays in the first-level cache. */
    private static final int CHUNK = 1024;

    private static final int CHUNKS_A_TASK = 64;

    private final Training training;
    private final int length;
    private final FloatBuffer weights; // (P)
    private final List<FloatBuffer> gradients; // [thread] (P)
    private final FloatBuffer gradient; // (P), the first of them, then their sum
    private final NativeVector[] moments; // each (P)
    private final FloatBuffer[] momentFloats;
    private final Threads threads;

    /** Sum of squares of a gradient, and its largest absolute value where that is what clipping asks for. */
    record Extent(double squares, double largest) {}

    /** @param gradients one of each thread that learns, all of the same length */
    FusedUpdate(Training training, NativeVector weights, List<NativeVector> gradients, Threads threads) {
        this.training = training;
        length = Math.toIntExact(weights.length());
        this.weights = weights.floats(0, length);
        this.gradients = gradients.stream().map(each -> each.floats(0, length)).toList();
        gradient = this.gradients.get(0);
        moments = new NativeVector[training.optimizer().moments()];
        momentFloats = new FloatBuffer[moments.length];
        for (int i = 0; i < moments.length; i++) {
            moments[i] = new NativeVector(length);
            momentFloats[i] = moments[i].floats(0, length);
        }
        this.threads = threads;
    }

    /** Java's view of a moment {@code (P)}. */
    FloatBuffer moment(int index) {
        return momentFloats[index];
    }

    /**
     * Adds the gradients of the first {@code parts} up into the first one.
     *
     * @return the extent of the sum
     */
    Extent extent(int parts) {
        double squares = 0;
        double largest = 0;
        for (Extent part : inParts((from, to) -> extent(parts, from, to))) {
            squares += part.squares();
            largest = Math.max(largest, part.largest());
        }
        return new Extent(squares, largest);
    }

    /**
     * Changes weights and moments.
     *
     * @param scale what the gradient is multiplied by before anything else
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
                double mean = 1 - Math.pow(training.beta1(), (double) update);
                double square = 1 - Math.pow(training.beta2(), (double) update);
                float unbiased = (float) (learningRate * Math.sqrt(square) / mean);
                yield (w, g, m, n) -> adam(w, g, m[0], m[1], n, unbiased);
            }
            case RMSPROP -> (w, g, m, n) -> rmsProp(w, g, m[0], n, rate);
            case ADAGRAD -> (w, g, m, n) -> adaGrad(w, g, m[0], n, rate);
            case SGD -> (w, g, m, n) -> sgd(w, g, n, rate);
        };
    }

    @Override
    public void close() {
        for (NativeVector moment : moments) {
            moment.close();
        }
    }

    private interface Part<R> {
        R over(int from, int to);
    }

    /** Every thread takes every so many tasks. */
    private <R> List<R> inParts(Part<R> part) {
        int task = CHUNK * CHUNKS_A_TASK;
        int tasks = (length + task - 1) / task;
        int parts = Math.min(threads.count(), tasks);
        List<List<R>> results = threads.each(parts, number -> {
            List<R> own = new ArrayList<>();
            for (int i = number; i < tasks; i += parts) {
                own.add(part.over(i * task, Math.min((i + 1) * task, length)));
            }
            return own;
        });
        List<R> inOrder = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            inOrder.add(results.get(i % parts).get(i / parts));
        }
        return inOrder;
    }

    /** Sums per column of the chunk: unlike one running sum, the compiler makes vector instructions of it. */
    private Extent extent(int parts, int from, int to) {
        float[] g = new float[CHUNK];
        float[] other = new float[CHUNK];
        float[] squares = new float[CHUNK];
        float[] largest = new float[CHUNK];
        for (int at = from; at < to; at += CHUNK) {
            int n = Math.min(CHUNK, to - at);
            gradient.get(at, g, 0, n);
            for (int part = 1; part < parts; part++) {
                gradients.get(part).get(at, other, 0, n);
                for (int i = 0; i < n; i++) {
                    g[i] += other[i];
                }
            }
            if (parts > 1) {
                gradient.put(at, g, 0, n);
            }
            for (int i = 0; i < n; i++) {
                squares[i] += g[i] * g[i];
            }
            if (training.clipping() == Training.Clipping.VALUE) {
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

    /** Changes a chunk of {@code n} weights and their moments by a gradient. */
    private interface Rule {
        void change(float[] w, float[] g, float[][] moments, int n);
    }

    private Void change(int from, int to, float scale, float bound, Rule rule) {
        float[] w = new float[CHUNK];
        float[] g = new float[CHUNK];
        float[][] m = new float[moments.length][CHUNK];
        for (int at = from; at < to; at += CHUNK) {
            int n = Math.min(CHUNK, to - at);
            weights.get(at, w, 0, n);
            gradient.get(at, g, 0, n);
            for (int i = 0; i < m.length; i++) {
                momentFloats[i].get(at, m[i], 0, n);
            }
            for (int i = 0; i < n; i++) {
                g[i] *= scale;
            }
            if (bound < Float.POSITIVE_INFINITY) {
                for (int i = 0; i < n; i++) {
                    g[i] = Math.max(-bound, Math.min(bound, g[i]));
                }
            }
            rule.change(w, g, m, n);
            weights.put(at, w, 0, n);
            for (int i = 0; i < m.length; i++) {
                momentFloats[i].put(at, m[i], 0, n);
            }
        }
        return null;
    }

    private void adam(float[] w, float[] g, float[] m, float[] v, int n, float rate) {
        float beta1 = (float) training.beta1();
        float beta2 = (float) training.beta2();
        float rest1 = (float) (1 - training.beta1());
        float rest2 = (float) (1 - training.beta2());
        float epsilon = (float) training.epsilon();
        for (int i = 0; i < n; i++) {
            m[i] = beta1 * m[i] + rest1 * g[i];
            v[i] = beta2 * v[i] + rest2 * g[i] * g[i];
            w[i] -= rate * m[i] / ((float) Math.sqrt(v[i]) + epsilon);
        }
    }

    private void rmsProp(float[] w, float[] g, float[] v, int n, float rate) {
        float decay = (float) training.beta2();
        float rest = (float) (1 - training.beta2());
        float epsilon = (float) training.epsilon();
        for (int i = 0; i < n; i++) {
            v[i] = decay * v[i] + rest * g[i] * g[i];
            w[i] -= rate * g[i] / ((float) Math.sqrt(v[i]) + epsilon);
        }
    }

    private void adaGrad(float[] w, float[] g, float[] sum, int n, float rate) {
        float epsilon = (float) training.epsilon();
        for (int i = 0; i < n; i++) {
            sum[i] += g[i] * g[i];
            w[i] -= rate * g[i] / ((float) Math.sqrt(sum[i]) + epsilon);
        }
    }

    private static void sgd(float[] w, float[] g, int n, float rate) {
        for (int i = 0; i < n; i++) {
            w[i] -= rate * g[i];
        }
    }
}
