package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.text.Alphabet;
import io.babble.text.Bytes;
import io.babble.text.Window;
import java.util.Arrays;
import java.util.Random;

/** Weights, states and windows to try a backend with, all from one seed. */
public final class Trial {
    /** Any window: buffers grow with it. */
    public static final Work WORK = work(1);

    public static final Training ADAM =
            new Training(Training.Optimizer.ADAM, 0.9, 0.999, 1e-8, Training.Clipping.NORM, 0, 0);

    public static final Training SGD =
            new Training(Training.Optimizer.SGD, 0.9, 0.999, 1e-8, Training.Clipping.NORM, 0, 0);

    private static final double LARGE_RATE = 1 << 20;

    private final Shape shape;
    private final Random random;

    public Trial(Shape shape, long seed) {
        this.shape = shape;
        random = new Random(seed);
    }

    /** Weights with which gates do not saturate, multiples of 2⁻¹² so that small steps are exact. */
    public float[] weights() {
        float[] weights = new float[shape.parameters()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.round(random.nextGaussian() * 0.4 * 4096) / 4096f;
        }
        return weights;
    }

    public static float[] weightsOf(Backend backend, Shape shape) {
        float[] weights = new float[shape.parameters()];
        backend.copyTo(weights, new float[0][]);
        return weights;
    }

    public static float[][] momentsOf(Backend backend, Shape shape, int count) {
        float[][] moments = new float[count][shape.parameters()];
        backend.copyTo(new float[shape.parameters()], moments);
        return moments;
    }

    /** Windows of this many lanes, so that as many threads have something to do. */
    public static Work work(int lanes) {
        return new Work(lanes, 1, true, Precision.FLOAT32, Long.MAX_VALUE);
    }

    public float[][] states(int lanes) {
        float[][] states = new float[lanes][shape.stateLength()];
        for (float[] state : states) {
            for (int i = 0; i < state.length; i++) {
                state[i] = random.nextFloat() - 0.5f;
            }
        }
        return states;
    }

    public Window window(int lanes, int steps) {
        return window(lanes, steps, lanes);
    }

    /**
     * Symbols at random; where the alphabet has them, every eighth target is an end-of-text, and every fifth behind
     * these unknown.
     */
    public Window window(int lanes, int steps, int fresh) {
        int[] inputs = random.ints((long) lanes * steps, 0, shape.symbols()).toArray();
        int[] targets = random.ints((long) lanes * steps, 0, shape.symbols()).toArray();
        if (shape.symbols() > Alphabet.END_OF_TEXT) {
            for (int i = 0; i < targets.length; i += 8) {
                targets[i] = Alphabet.END_OF_TEXT;
            }
        }
        if (shape.symbols() > Bytes.SYMBOLS) {
            for (int i = 1; i < targets.length; i += 5) {
                targets[i] = 257 + i % 3;
            }
        }
        return new Window(lanes, steps, inputs, targets, fresh);
    }

    public static float[][] copy(float[][] states) {
        float[][] copy = new float[states.length][];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = states[i].clone();
        }
        return copy;
    }

    /** Steps {@code from} to {@code to} of a window. */
    public static Window part(Window window, int from, int to) {
        int lanes = window.lanes();
        return new Window(
                lanes,
                to - from,
                Arrays.copyOfRange(window.inputs(), from * lanes, to * lanes),
                Arrays.copyOfRange(window.targets(), from * lanes, to * lanes));
    }

    public static Training withDropout(Training training, double dropout) {
        return new Training(
                training.optimizer(),
                training.beta1(),
                training.beta2(),
                training.epsilon(),
                training.clipping(),
                training.clipAt(),
                dropout);
    }

    /**
     * The gradient {@code (P)} of the mean loss, taken from an update so large that the weights before it do not count.
     *
     * @param backend that learns by {@link #SGD}; has the weights of one update later on return
     * @param states unchanged
     */
    public static double[] gradientOf(
            Backend backend, float[] weights, Window window, float[][] states, long dropoutSeed) {
        backend.load(weights, new float[0][]);
        backend.train(window, copy(states), LARGE_RATE, 1, dropoutSeed);
        float[] after = new float[weights.length];
        backend.copyTo(after, new float[0][]);
        double[] gradient = new double[weights.length];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = ((double) weights[i] - after[i]) / LARGE_RATE;
        }
        return gradient;
    }

    /** L2 norm of the difference of a tensor's values over that of the expected ones. */
    public static double relativeError(Shape.Tensor tensor, double[] expected, double[] found) {
        double difference = 0;
        double norm = 0;
        for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
            difference += Math.pow(expected[i] - found[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    /** Fails unless no value differs by {@code tolerance} or more. */
    public static void assertClose(float[] found, float[] expected, double tolerance) {
        assertThat(found).hasSameSizeAs(expected);
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            double difference = Math.abs(found[i] - expected[i]);
            largest = Double.isNaN(difference) ? difference : Math.max(largest, difference);
        }
        assertThat(largest).isLessThan(tolerance);
    }
}
