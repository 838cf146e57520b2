package io.babble.model.backend;

import static io.babble.model.Trial.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.babble.model.Backend;
import io.babble.model.Shape;
import io.babble.model.StepResult;
import io.babble.model.Training;
import io.babble.model.Trial;
import io.babble.model.backend.nd4j.Nd4jBackend;
import io.babble.text.Window;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** What every backend does, compared with ND4J in double. {@link BackendRobustnessTest} has what it refuses. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.babble.model.backend.BackendContractTest#names")
class BackendContractTest {
    private static final long SEED = 5;
    private static final float[][] NO_MOMENTS = {};

    @Parameter
    String name;

    static List<String> names() {
        return Backends.ALL.stream().map(type -> type.name()).toList();
    }

    @ParameterizedTest(
            name = "{0} layers of {1}, {2} lanes, {3} steps, {4} threads, dropout {5}, {6} symbols, {7} fresh")
    @CsvSource({
        "1, 16, 4, 5, 1, 0, 257, 4",
        "2, 16, 4, 5, 2, 0, 257, 4",
        "2, 16, 8, 5, 2, 0, 257, 1",
        "2, 13, 1, 7, 2, 0, 257, 1",
        "2, 13, 3, 1, 1, 0, 257, 3",
        "3, 24, 5, 6, 2, 0.3, 257, 5",
        "3, 19, 7, 9, 3, 0.5, 257, 3",
        "2, 64, 33, 11, 2, 0, 257, 33",
        "2, 20, 1, 1, 1, 0.2, 257, 1",
        "2, 17, 3, 7, 1, 0, 261, 2",
        "2, 17, 5, 6, 2, 0.3, 1000, 5",
        "1, 2, 8, 3, 8, 0, 257, 3",
        "2, 256, 5, 3, 2, 0, 257, 5",
    })
    void findsTheGradientOfTheOracle(
            int layers, int hidden, int lanes, int steps, int threads, double dropout, int symbols, int fresh) {
        Shape shape = new Shape(symbols, 11, hidden, layers);
        Training training = Trial.withDropout(Trial.SGD, dropout);
        Trial trial = new Trial(shape, 100 + hidden);
        float[] weights = trial.weights();
        float[][] states = trial.states(lanes);
        assertGradient(shape, training, weights, trial.window(lanes, steps, fresh), states, threads);
    }

    @Test
    void aSymbolMayBeRepresentedByOneValue() {
        Shape shape = new Shape(257, 1, 5, 2);
        Trial trial = new Trial(shape, 24);
        float[] weights = trial.weights();
        assertGradient(shape, Trial.SGD, weights, trial.window(3, 4), trial.states(3), 1);
    }

    @ParameterizedTest(name = "{0}, clip by {1} at {2}, dropout {3}, rate {4}, {5} symbols")
    @CsvSource({
        "ADAM, NORM, 0, 0, 0.01, 257",
        "ADAM, NORM, 0.05, 0.3, 0.01, 257",
        "ADAM, VALUE, 0.002, 0, 0.01, 257",
        "RMSPROP, NORM, 0.05, 0, 0.01, 257",
        "RMSPROP, VALUE, 0.002, 0.3, 0.01, 257",
        "RMSPROP, VALUE, 1000, 0, 0.01, 257",
        "ADAGRAD, NORM, 0.05, 0, 0.01, 257",
        "ADAGRAD, VALUE, 0.002, 0.3, 0.01, 257",
        "SGD, NORM, 0.05, 0, 10, 257",
        "SGD, VALUE, 0.002, 0.3, 10, 257",
        "ADAM, NORM, 0.05, 0.3, 0.01, 300",
    })
    void learnsWhatTheOracleLearns(
            Training.Optimizer optimizer,
            Training.Clipping clipping,
            double clipAt,
            double dropout,
            double rate,
            int symbols) {
        Shape shape = new Shape(symbols, 9, 17, 2);
        Training training = new Training(optimizer, 0.9, 0.999, 1e-5, clipping, clipAt, dropout);
        Trial trial = new Trial(shape, 21);
        float[] weights = trial.weights();
        float[][] expectedStates = trial.states(6);
        float[][] states = Trial.copy(expectedStates);
        try (Backend oracle = oracle(shape, training, weights);
                Backend backend = backend(shape, training, weights)) {
            for (int update = 1; update <= 5; update++) {
                Window window = trial.window(6, 3 + update, 1 + update);
                StepResult expected = oracle.train(window, expectedStates, rate, update, update);
                StepResult found = backend.train(window, states, rate, update, update);
                assertThat(found.textNats()).isCloseTo(expected.textNats(), within(1e-3));
                assertThat(found.endOfTextNats()).isCloseTo(expected.endOfTextNats(), within(1e-3));
                assertThat(found.gradientNorm()).isCloseTo(expected.gradientNorm(), within(1e-4));
                assertThat(found.clipped()).isEqualTo(expected.clipped());
                assertThat(found.skipped()).isFalse();
            }
            assertClose(Trial.weightsOf(backend, shape), Trial.weightsOf(oracle, shape), 1e-3);
            float[][] moments = Trial.momentsOf(backend, shape, optimizer.moments());
            float[][] expectedMoments = Trial.momentsOf(oracle, shape, optimizer.moments());
            for (int i = 0; i < moments.length; i++) {
                assertClose(moments[i], expectedMoments[i], 1e-4);
            }
            assertStates(states, expectedStates, 1e-4);
        }
    }

    @ParameterizedTest(name = "{0} lanes, {1} units")
    @CsvSource({"1, 17", "3, 17", "16, 17", "5, 256", "40, 256"})
    void decodesAsTheOracle(int lanes, int hidden) {
        Shape shape = new Shape(257, 9, hidden, 3);
        Training training = Trial.withDropout(Trial.ADAM, 0.5);
        Trial trial = new Trial(shape, 22);
        float[] weights = trial.weights();
        float[][] expectedStates = trial.states(lanes);
        float[][] states = Trial.copy(expectedStates);
        try (Backend oracle = oracle(shape, training, weights);
                Backend backend = backend(shape, training, weights)) {
            float[][] expected = new float[lanes][shape.symbols()];
            float[][] found = new float[lanes][shape.symbols()];
            for (int step = 0; step < 4; step++) {
                if (step == 2) {
                    float[] newer = trial.weights();
                    oracle.load(newer, NO_MOMENTS);
                    backend.load(newer, NO_MOMENTS);
                }
                int[] symbols = trial.window(lanes, 1).inputs();
                oracle.decode(symbols, expectedStates, expected);
                backend.decode(symbols, states, found);
                for (int lane = 0; lane < lanes; lane++) {
                    assertClose(found[lane], expected[lane], 1e-4);
                }
                assertStates(states, expectedStates, 1e-4);
            }
        }
    }

    @Test
    void measuresWithoutDropoutAndWithoutLearning() {
        Shape shape = new Shape(257, 9, 17, 2);
        Training training = Trial.withDropout(Trial.ADAM, 0.5);
        Trial trial = new Trial(shape, 23);
        float[] weights = trial.weights();
        float[][] expectedStates = trial.states(4);
        float[][] states = Trial.copy(expectedStates);
        Window window = trial.window(4, 6);
        try (Backend oracle = oracle(shape, training, weights);
                Backend backend = backend(shape, training, weights)) {
            StepResult expected = oracle.measure(window, expectedStates);
            StepResult found = backend.measure(window, states);
            assertThat(found.textNats()).isCloseTo(expected.textNats(), within(1e-4));
            assertThat(found.endOfTextNats()).isCloseTo(expected.endOfTextNats(), within(1e-4));
            assertThat(Trial.weightsOf(backend, shape)).isEqualTo(weights);
            assertStates(states, expectedStates, 1e-5);
        }
    }

    @Test
    void decodingStepByStepGivesTheStatesOfMeasuring() {
        Shape shape = new Shape(257, 8, 16, 2);
        Trial trial = new Trial(shape, 25);
        float[][] measured = trial.states(3);
        float[][] decoded = Trial.copy(measured);
        Window window = trial.window(3, 5);
        try (Backend backend = backend(shape, Trial.ADAM, trial.weights())) {
            backend.measure(window, measured);
            for (int step = 0; step < 5; step++) {
                backend.decode(Trial.part(window, step, step + 1).inputs(), decoded, new float[3][257]);
            }
            assertStates(decoded, measured, 1e-5);
        }
    }

    @Test
    void twelveStepsAreThreeTimesFourStepsWithinRounding() {
        Shape shape = new Shape(257, 8, 48, 2);
        Trial trial = new Trial(shape, 3);
        float[][] whole = trial.states(5);
        float[][] parts = Trial.copy(whole);
        Window window = trial.window(5, 12);
        try (Backend backend = backend(shape, Trial.ADAM, trial.weights())) {
            backend.measure(window, whole);
            for (int from = 0; from < 12; from += 4) {
                backend.measure(Trial.part(window, from, from + 4), parts);
            }
            assertStates(parts, whole, 1e-5);
        }
    }

    @Test
    void theLossIsThatOfTheFreshLanes() {
        Shape shape = new Shape(257, 8, 16, 2);
        Trial trial = new Trial(shape, 4);
        Window fresh = trial.window(2, 5);
        Window window = fresh.with(trial.window(3, 5));
        float[][] states = trial.states(5);
        float[][] freshStates = {states[0].clone(), states[1].clone()};
        try (Backend backend = backend(shape, Trial.ADAM, trial.weights())) {
            StepResult expected = backend.measure(fresh, freshStates);
            StepResult found = backend.measure(window, states);
            assertThat(found.textNats()).isCloseTo(expected.textNats(), within(1e-4));
            assertThat(found.endOfTextNats()).isCloseTo(expected.endOfTextNats(), within(1e-4));
        }
    }

    @Test
    void aTargetThatIsUnknownHasNeitherLossNorGradient() {
        Shape shape = new Shape(270, 2, 3, 1);
        Trial trial = new Trial(shape, 4);
        Window known = new Window(1, 2, new int[] {258, 'a'}, new int[] {'a', 'b'});
        Window unknown = new Window(1, 2, new int[] {258, 'a'}, new int[] {'a', 259});
        Window shorter = new Window(1, 1, new int[] {258}, new int[] {'a'});
        float[] weights = trial.weights();
        float[][] state = trial.states(1);
        try (Backend backend = backend(shape, Trial.SGD, weights)) {
            double[] gradient = Trial.gradientOf(backend, weights, shorter, state, SEED);
            double[] found = Trial.gradientOf(backend, weights, unknown, state, SEED);
            for (int i = 0; i < gradient.length; i++) {
                // Of the mean over two targets, one of which has none.
                assertThat(found[i]).isCloseTo(gradient[i] / 2, within(1e-6));
            }
            backend.load(weights, NO_MOMENTS);
            assertThat(backend.measure(unknown, Trial.copy(state)).textNats())
                    .isCloseTo(backend.measure(shorter, Trial.copy(state)).textNats(), within(1e-5))
                    .isLessThan(backend.measure(known, Trial.copy(state)).textNats());
        }
    }

    @Test
    void improbableTargetsHaveAFiniteLoss() {
        Shape shape = new Shape(257, 2, 2, 1);
        float[] weights = new float[shape.parameters()];
        weights[shape.parameters() - 1] = 500;
        Window window = new Window(1, 1, new int[] {0}, new int[] {1});
        try (Backend backend = backend(shape, Trial.ADAM, weights)) {
            StepResult result = backend.measure(window, new float[1][shape.stateLength()]);
            assertThat(result.textNats()).isCloseTo(500, within(1e-3));
        }
    }

    @Test
    void givesBackTheWeightsAndMomentsThatItLoaded() {
        Shape shape = new Shape(257, 4, 8, 2);
        Trial trial = new Trial(shape, 26);
        float[] weights = trial.weights();
        float[][] moments = {trial.weights(), trial.weights()};
        try (Backend backend = backend(shape, Trial.ADAM, weights)) {
            backend.load(weights, moments);
            assertThat(Trial.weightsOf(backend, shape)).isEqualTo(weights);
            assertThat(Trial.momentsOf(backend, shape, 2)).isDeepEqualTo(moments);
            backend.load(weights, NO_MOMENTS);
            assertThat(Trial.momentsOf(backend, shape, 2)).isDeepEqualTo(new float[2][weights.length]);
        }
    }

    private void assertGradient(
            Shape shape, Training training, float[] weights, Window window, float[][] states, int threads) {
        try (Nd4jBackend oracle = oracle(shape, training, weights);
                Backend backend = Backends.create(name, shape, training, Trial.work(window.lanes()), threads)) {
            double[] expected = oracle.gradient(window, states, SEED);
            double[] found = Trial.gradientOf(backend, weights, window, states, SEED);
            for (Shape.Tensor tensor : shape.tensors()) {
                assertThat(Trial.relativeError(tensor, expected, found))
                        .as(tensor.name())
                        .isLessThan(1e-4);
            }
        }
    }

    private static void assertStates(float[][] found, float[][] expected, double tolerance) {
        for (int lane = 0; lane < expected.length; lane++) {
            assertClose(found[lane], expected[lane], tolerance);
        }
    }

    private Backend backend(Shape shape, Training training, float[] weights) {
        Backend backend = Backends.create(name, shape, training, Trial.WORK, 1);
        backend.load(weights, NO_MOMENTS);
        return backend;
    }

    private static Nd4jBackend oracle(Shape shape, Training training, float[] weights) {
        Nd4jBackend oracle = new Nd4jBackend(shape, training, DataType.DOUBLE);
        oracle.load(weights, NO_MOMENTS);
        return oracle;
    }
}
