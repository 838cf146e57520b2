package io.babble.model;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Norm, clipping and optimizer in two passes over the flat vectors. The formulas are those of ND4J's updaters ({@code
 * adam_updater} and so on), which need more passes; the scalars of a step are computed in double.
 *
 * <p>It works on arrays, and copies what comes from products and goes to them: loops over memory outside the heap are not made vector
 * instructions of, nor are loops that have different places of their arrays in hand. Work is cut into chunks of a fixed length, whose sums
 * are added in order: the result does not depend on the threads.
 */
final class FusedUpdate {
    /** Small enough that a chunk of each vector stays in the first-level cache. */
    private static final int CHUNK = 1024;

    private static final int CHUNKS_A_TASK = 32;

    private final Training training;
    private final int length;
    private final FloatBuffer products; // (P), the weights where the products read them
    private final List<FloatBuffer> parts; // [thread] (P), what each of them found of the gradient
    private final float[] weights; // (P)
    private final float[] gradient; // (P), sum of the parts
    private final float[][] moments; // each (P)
    private final Threads threads;

    /** Sum of squares of a gradient, and its largest absolute value where that is what clipping asks for. */
    record Extent(double squares, double largest) {}

    /**
     * Weights and moments of zero.
     *
     * @param products where products read the weights
     * @param parts where each thread that learns leaves its gradient, all of the same length
     */
    FusedUpdate(Training training, NativeVector products, List<NativeVector> parts, Threads threads) {
        this.training = training;
        length = Math.toIntExact(products.length());
        this.products = products.floats(0, length);
        this.parts = parts.stream().map(each -> each.floats(0, length)).toList();
        weights = new float[length];
        gradient = new float[length];
        moments = new float[training.optimizer().moments()][length];
        this.threads = threads;
    }

    /** Takes over weights and moments, each {@code (P)}; none means zero. */
    void load(float[] newWeights, float[][] newMoments) {
        System.arraycopy(newWeights, 0, weights, 0, length);
        products.put(0, weights);
        for (int i = 0; i < moments.length; i++) {
            float[] moment = newMoments.length == 0 ? new float[length] : newMoments[i];
            System.arraycopy(moment, 0, moments[i], 0, length);
        }
    }

    /** Copies, each {@code (P)}. */
    float[][] moments() {
        return Arrays.stream(moments).map(float[]::clone).toArray(float[][]::new);
    }

    /** What {@link #sum} found {@code (P)}, not a copy. */
    float[] gradient() {
        return gradient;
    }

    /**
     * Adds up what the first {@code count} threads found.
     *
     * @return the extent of the sum
     */
    Extent sum(int count) {
        double squares = 0;
        double largest = 0;
        for (Extent part : inParts((from, to) -> sum(count, from, to))) {
            squares += part.squares();
            largest = Math.max(largest, part.largest());
        }
        return new Extent(squares, largest);
    }

    /**
     * Changes weights and moments by the sum.
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
                yield (from, to) -> adam(weights, gradient, moments[0], moments[1], from, to, unbiased);
            }
            case RMSPROP -> (from, to) -> rmsProp(weights, gradient, moments[0], from, to, rate);
            case ADAGRAD -> (from, to) -> adaGrad(weights, gradient, moments[0], from, to, rate);
            case SGD -> (from, to) -> sgd(weights, gradient, from, to, rate);
        };
    }

    private interface Part<R> {
        R over(int from, int to);
    }

    private <R> List<R> inParts(Part<R> part) {
        int task = CHUNK * CHUNKS_A_TASK;
        return threads.each((length + task - 1) / task, number -> {
            int from = number * task;
            return part.over(from, Math.min(from + task, length));
        });
    }

    /** Sums per column of the chunk: unlike one running sum, the compiler makes vector instructions of it. */
    private Extent sum(int count, int from, int to) {
        float[] g = new float[CHUNK];
        float[] other = new float[CHUNK];
        float[] squares = new float[CHUNK];
        float[] largest = new float[CHUNK];
        for (int at = from; at < to; at += CHUNK) {
            int n = Math.min(CHUNK, to - at);
            parts.get(0).get(at, g, 0, n);
            for (int part = 1; part < count; part++) {
                parts.get(part).get(at, other, 0, n);
                for (int i = 0; i < n; i++) {
                    g[i] += other[i];
                }
            }
            System.arraycopy(g, 0, gradient, at, n);
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

    /** Changes the weights from one place to another by the gradient there. */
    private interface Rule {
        void change(int from, int to);
    }

    private Void change(int from, int to, float scale, float bound, Rule rule) {
        for (int at = from; at < to; at += CHUNK) {
            int end = Math.min(at + CHUNK, to);
            scale(gradient, at, end, scale);
            if (bound < Float.POSITIVE_INFINITY) {
                bound(gradient, at, end, bound);
            }
            rule.change(at, end);
            products.put(at, weights, at, end - at);
        }
        return null;
    }

    private static void scale(float[] values, int from, int to, float scale) {
        for (int i = from; i < to; i++) {
            values[i] *= scale;
        }
    }

    private static void bound(float[] values, int from, int to, float bound) {
        for (int i = from; i < to; i++) {
            values[i] = Math.max(-bound, Math.min(bound, values[i]));
        }
    }

    private void adam(float[] w, float[] g, float[] m, float[] v, int from, int to, float rate) {
        float beta1 = (float) training.beta1();
        float beta2 = (float) training.beta2();
        float rest1 = (float) (1 - training.beta1());
        float rest2 = (float) (1 - training.beta2());
        float epsilon = (float) training.epsilon();
        for (int i = from; i < to; i++) {
            m[i] = beta1 * m[i] + rest1 * g[i];
            v[i] = beta2 * v[i] + rest2 * g[i] * g[i];
            w[i] -= rate * m[i] / ((float) Math.sqrt(v[i]) + epsilon);
        }
    }

    private void rmsProp(float[] w, float[] g, float[] v, int from, int to, float rate) {
        float decay = (float) training.beta2();
        float rest = (float) (1 - training.beta2());
        float epsilon = (float) training.epsilon();
        for (int i = from; i < to; i++) {
            v[i] = decay * v[i] + rest * g[i] * g[i];
            w[i] -= rate * g[i] / ((float) Math.sqrt(v[i]) + epsilon);
        }
    }

    private void adaGrad(float[] w, float[] g, float[] sum, int from, int to, float rate) {
        float epsilon = (float) training.epsilon();
        for (int i = from; i < to; i++) {
            sum[i] += g[i] * g[i];
            w[i] -= rate * g[i] / ((float) Math.sqrt(sum[i]) + epsilon);
        }
    }

    private static void sgd(float[] w, float[] g, int from, int to, float rate) {
        for (int i = from; i < to; i++) {
            w[i] -= rate * g[i];
        }
    }
}
