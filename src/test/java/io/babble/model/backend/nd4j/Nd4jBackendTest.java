package io.babble.model.backend.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.babble.model.Shape;
import io.babble.model.StepResult;
import io.babble.model.Training;
import io.babble.model.Trial;
import io.babble.text.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;

class Nd4jBackendTest {
    private static final double STEP = 1.0 / 4096;
    private static final long SEED = 7;

    @ParameterizedTest(name = "{0} layers, dropout {1}, {2} symbols, {3} fresh")
    @CsvSource({
        "1, 0, 257, 2",
        "2, 0, 257, 2",
        "2, 0, 257, 1",
        "2, 0.4, 257, 2",
        "3, 0, 257, 2",
        "3, 0.3, 257, 2",
        "2, 0, 270, 2",
        "1, 0.3, 270, 1"
    })
    void gradientOfEveryTensorIsThatOfCentralDifferences(int layers, double dropout, int symbols, int fresh) {
        Shape shape = new Shape(symbols, 2, 3, layers);
        Trial trial = new Trial(shape, 11 + layers);
        float[] weights = trial.weights();
        float[][] states = trial.states(2);
        Window window = trial.window(2, 3, fresh);
        try (Nd4jBackend backend = new Nd4jBackend(shape, Trial.withDropout(Trial.ADAM, dropout), DataType.DOUBLE)) {
            backend.load(weights, new float[0][]);
            double[] gradient = backend.gradient(window, states, SEED);
            for (Shape.Tensor tensor : shape.tensors()) {
                double tolerance = 1e-7 * largest(gradient, tensor);
                for (int at : sampled(gradient, tensor)) {
                    assertThat(gradient[at])
                            .as("%s[%d]", tensor.name(), at - tensor.offset())
                            .isCloseTo(centralDifference(backend, weights, at, window, states), within(tolerance));
                }
            }
        }
    }

    /** A dozen elements spread over those with a gradient, and a few of those without: rows of symbols not read. */
    private static List<Integer> sampled(double[] gradient, Shape.Tensor tensor) {
        List<Integer> moving = new ArrayList<>();
        List<Integer> resting = new ArrayList<>();
        for (int at = tensor.offset(); at < tensor.offset() + tensor.length(); at++) {
            (gradient[at] == 0 ? resting : moving).add(at);
        }
        List<Integer> sampled = new ArrayList<>();
        for (int i = 0; i < moving.size(); i += Math.max(1, moving.size() / 12)) {
            sampled.add(moving.get(i));
        }
        sampled.addAll(resting.subList(0, Math.min(2, resting.size())));
        return sampled;
    }

    private static double largest(double[] gradient, Shape.Tensor tensor) {
        return Arrays.stream(gradient, tensor.offset(), tensor.offset() + tensor.length())
                .map(Math::abs)
                .max()
                .orElseThrow();
    }

    /** From two steps, so that the loss's third derivative does not count (Richardson's extrapolation). */
    private static double centralDifference(
            Nd4jBackend backend, float[] weights, int at, Window window, float[][] states) {
        double near = centralDifference(backend, weights, at, STEP, window, states);
        double far = centralDifference(backend, weights, at, 2 * STEP, window, states);
        return near + (near - far) / 3;
    }

    private static double centralDifference(
            Nd4jBackend backend, float[] weights, int at, double step, Window window, float[][] states) {
        return (meanLoss(backend, weights, at, step, window, states)
                        - meanLoss(backend, weights, at, -step, window, states))
                / (2 * step);
    }

    private static double meanLoss(
            Nd4jBackend backend, float[] weights, int at, double step, Window window, float[][] states) {
        float[] moved = weights.clone();
        moved[at] += (float) step;
        backend.load(moved, new float[0][]);
        return backend.meanLoss(window, states, SEED);
    }

    /** Or a model that moves to another backend would learn on with another step. */
    @ParameterizedTest
    @EnumSource(names = {"ADAM", "RMSPROP"})
    void momentsInFloatAreThoseInDoubleWithinRounding(Training.Optimizer optimizer) {
        Training training = new Training(optimizer, 0.5, 0.9999, 1e-8, Training.Clipping.NORM, 0, 0);
        Shape shape = new Shape(257, 4, 8, 1);
        float[][] found =
                momentsAfterAStep(new Nd4jBackend(shape, training, DataType.FLOAT), shape, optimizer.moments());
        float[][] expected =
                momentsAfterAStep(new Nd4jBackend(shape, training, DataType.DOUBLE), shape, optimizer.moments());
        for (int i = 0; i < expected.length; i++) {
            float largest = 0;
            for (float value : expected[i]) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertThat(found[i]).containsExactly(expected[i], within(1e-5f * largest));
        }
    }

    private static float[][] momentsAfterAStep(Nd4jBackend backend, Shape shape, int moments) {
        Trial trial = new Trial(shape, 5);
        try (backend) {
            backend.load(trial.weights(), new float[0][]);
            backend.train(trial.window(3, 5), trial.states(3), 0.001, 1, SEED);
            return Trial.momentsOf(backend, shape, moments);
        }
    }

    @Test
    void twelveStepsAreThreeTimesFourStepsToTheBit() {
        Shape shape = new Shape(257, 8, 16, 2);
        Trial trial = new Trial(shape, 3);
        float[][] whole = trial.states(5);
        float[][] parts = Trial.copy(whole);
        Window window = trial.window(5, 12);
        try (Nd4jBackend backend = new Nd4jBackend(shape, Trial.ADAM, DataType.FLOAT)) {
            backend.load(trial.weights(), new float[0][]);
            StepResult expected = backend.measure(window, whole);
            double nats = 0;
            for (int from = 0; from < 12; from += 4) {
                StepResult part = backend.measure(Trial.part(window, from, from + 4), parts);
                nats += part.textNats() + part.endOfTextNats();
            }
            assertThat(parts).isDeepEqualTo(whole);
            assertThat(nats).isCloseTo(expected.textNats() + expected.endOfTextNats(), within(1e-9));
        }
    }

    @Test
    void theLossIsThatOfTheFreshLanes() {
        Shape shape = new Shape(257, 8, 16, 2);
        Trial trial = new Trial(shape, 4);
        Window fresh = trial.window(2, 5);
        Window window = fresh.with(trial.window(3, 5));
        float[][] states = trial.states(5);
        try (Nd4jBackend backend = new Nd4jBackend(shape, Trial.ADAM, DataType.DOUBLE)) {
            backend.load(trial.weights(), new float[0][]);
            StepResult expected = backend.measure(fresh, Arrays.copyOf(Trial.copy(states), 2));
            StepResult found = backend.measure(window, states);

            assertThat(found.textNats()).isCloseTo(expected.textNats(), within(1e-9));
            assertThat(found.endOfTextNats()).isCloseTo(expected.endOfTextNats(), within(1e-9));
        }
    }

    @Test
    void aTargetThatIsUnknownHasNeitherLossNorGradient() {
        Shape shape = new Shape(270, 2, 3, 1);
        Trial trial = new Trial(shape, 4);
        Window known = new Window(1, 2, new int[] {258, 'a'}, new int[] {'a', 'b'});
        Window unknown = new Window(1, 2, new int[] {258, 'a'}, new int[] {'a', 259});
        Window shorter = new Window(1, 1, new int[] {258}, new int[] {'a'});
        try (Nd4jBackend backend = new Nd4jBackend(shape, Trial.ADAM, DataType.DOUBLE)) {
            backend.load(trial.weights(), new float[0][]);
            float[][] state = trial.states(1);
            double[] gradient = backend.gradient(shorter, state, SEED);
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] /= 2; // of the mean over two targets, one of which has none
            }

            assertThat(backend.gradient(unknown, state, SEED)).containsExactly(gradient, within(1e-12));
            assertThat(backend.measure(unknown, Trial.copy(state)).textNats())
                    .isCloseTo(backend.measure(shorter, Trial.copy(state)).textNats(), within(1e-12))
                    .isLessThan(backend.measure(known, Trial.copy(state)).textNats());
        }
    }
}
