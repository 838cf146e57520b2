package io.babble.model.backend.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.babble.model.Shape;
import io.babble.model.StepResult;
import io.babble.model.Training;
import io.babble.model.Trial;
import io.babble.model.backend.nd4j.Nd4jBackend;
import io.babble.text.Window;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

class OneDnnBackendTest {
    private static final int THREADS = 1;

    private static final long SEED = 5;

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
        Training training = Trial.withDropout(Trial.ADAM, dropout);
        Trial trial = new Trial(shape, 100 + hidden);
        float[] weights = trial.weights();
        float[][] states = trial.states(lanes);
        Window window = trial.window(lanes, steps, fresh);
        try (Nd4jBackend oracle = new Nd4jBackend(shape, training, DataType.DOUBLE);
                OneDnnBackend backend = new OneDnnBackend(shape, training, Trial.work(lanes), threads)) {
            oracle.load(weights, new float[0][]);
            backend.load(weights, new float[0][]);
            double[] expected = oracle.gradient(window, states, SEED);
            double[] found = backend.gradient(window, states, SEED);
            for (Shape.Tensor tensor : shape.tensors()) {
                assertThat(relativeError(tensor, expected, found))
                        .as(tensor.name())
                        .isLessThan(1e-4);
            }
        }
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
        try (Nd4jBackend oracle = new Nd4jBackend(shape, training, DataType.DOUBLE);
                OneDnnBackend backend = new OneDnnBackend(shape, training, Trial.WORK, THREADS)) {
            oracle.load(weights, new float[0][]);
            backend.load(weights, new float[0][]);
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
            for (int lane = 0; lane < 6; lane++) {
                assertClose(states[lane], expectedStates[lane], 1e-4);
            }
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
        try (Nd4jBackend oracle = new Nd4jBackend(shape, training, DataType.DOUBLE);
                OneDnnBackend backend = new OneDnnBackend(shape, training, Trial.WORK, THREADS)) {
            oracle.load(weights, new float[0][]);
            backend.load(weights, new float[0][]);
            float[][] expected = new float[lanes][shape.symbols()];
            float[][] found = new float[lanes][shape.symbols()];
            for (int step = 0; step < 4; step++) {
                if (step == 2) {
                    float[] newer = trial.weights();
                    oracle.load(newer, new float[0][]);
                    backend.load(newer, new float[0][]);
                }
                int[] symbols = trial.window(lanes, 1).inputs();
                oracle.decode(symbols, expectedStates, expected);
                backend.decode(symbols, states, found);
                for (int lane = 0; lane < lanes; lane++) {
                    assertClose(found[lane], expected[lane], 1e-4);
                    assertClose(states[lane], expectedStates[lane], 1e-4);
                }
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
        try (Nd4jBackend oracle = new Nd4jBackend(shape, training, DataType.DOUBLE);
                OneDnnBackend backend = new OneDnnBackend(shape, training, Trial.WORK, THREADS)) {
            oracle.load(weights, new float[0][]);
            backend.load(weights, new float[0][]);
            StepResult expected = oracle.measure(window, expectedStates);
            StepResult found = backend.measure(window, states);
            assertThat(found.textNats()).isCloseTo(expected.textNats(), within(1e-4));
            assertThat(found.endOfTextNats()).isCloseTo(expected.endOfTextNats(), within(1e-4));
            assertThat(Trial.weightsOf(backend, shape)).isEqualTo(weights);
            for (int lane = 0; lane < 4; lane++) {
                assertClose(states[lane], expectedStates[lane], 1e-5);
            }
        }
    }

    @Test
    void twelveStepsAreThreeTimesFourStepsWithinRounding() {
        Shape shape = new Shape(257, 8, 48, 2);
        Trial trial = new Trial(shape, 3);
        float[][] whole = trial.states(5);
        float[][] parts = Trial.copy(whole);
        Window window = trial.window(5, 12);
        try (OneDnnBackend backend = new OneDnnBackend(shape, Trial.ADAM, Trial.WORK, THREADS)) {
            backend.load(trial.weights(), new float[0][]);
            backend.measure(window, whole);
            for (int from = 0; from < 12; from += 4) {
                backend.measure(Trial.part(window, from, from + 4), parts);
            }
            for (int lane = 0; lane < 5; lane++) {
                assertClose(parts[lane], whole[lane], 1e-5);
            }
        }
    }

    @Test
    void improbableTargetsHaveAFiniteLoss() {
        Shape shape = new Shape(257, 2, 2, 1);
        float[] weights = new float[shape.parameters()];
        weights[shape.parameters() - 1] = 500;
        Window window = new Window(1, 1, new int[] {0}, new int[] {1});
        try (OneDnnBackend backend = new OneDnnBackend(shape, Trial.ADAM, Trial.WORK, THREADS)) {
            backend.load(weights, new float[0][]);
            StepResult result = backend.measure(window, new float[1][shape.stateLength()]);
            assertThat(result.textNats()).isCloseTo(500, within(1e-3));
        }
    }

    @Test
    void sameInputsGiveTheSameBits() {
        assertThat(trained(31, null)).isEqualTo(trained(31, null));
    }

    @Test
    void backendsInOneJvmDoNotInfluenceEachOther() {
        float[] alone = trained(31, null);
        Shape other = new Shape(257, 12, 40, 2);
        try (OneDnnBackend neighbour = new OneDnnBackend(other, Trial.ADAM, Trial.WORK, THREADS)) {
            Trial trial = new Trial(other, 32);
            neighbour.load(trial.weights(), new float[0][]);
            float[][] states = trial.states(9);
            Runnable between = () -> neighbour.train(trial.window(9, 5), states, 0.01, 1, 1);
            assertThat(trained(31, between)).isEqualTo(alone);
        }
    }

    /** Every size needs a plan of its own; more sizes than are kept, so that plans are dropped and made again. */
    @ParameterizedTest(name = "{0} threads")
    @ValueSource(ints = {1, 3})
    void manySizesOfWindowsComeAndGo(int threads) {
        Shape shape = new Shape(257, 8, 16, 2);
        Trial trial = new Trial(shape, 41);
        try (OneDnnBackend backend = new OneDnnBackend(shape, Trial.ADAM, Trial.work(3), threads)) {
            backend.load(trial.weights(), new float[0][]);
            double[] first = null;
            float[][] states = trial.states(3);
            Window window = trial.window(3, 1);
            for (int round = 0; round < 2; round++) {
                double[] gradient = backend.gradient(window, states, SEED);
                first = first == null ? gradient : first;
                assertThat(gradient).isEqualTo(first);
                for (int lanes = 1; lanes <= 60; lanes++) {
                    backend.measure(trial.window(lanes, 1 + lanes % 3), trial.states(lanes));
                }
            }
        }
    }

    @Test
    void closesTwiceAndIsNoLongerOfUse() {
        OneDnnBackend backend = new OneDnnBackend(new Shape(257, 8, 16, 1), Trial.ADAM, Trial.WORK, THREADS);
        backend.close();
        backend.close();
        assertThatThrownBy(() -> backend.copyTo(new float[0], new float[0][]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> backend.decode(new int[1], new float[1][32], new float[1][257]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    /** The weights after a few updates; {@code between} runs after each of them. */
    private static float[] trained(long seed, Runnable between) {
        Shape shape = new Shape(257, 8, 32, 2);
        Trial trial = new Trial(shape, seed);
        try (OneDnnBackend backend = new OneDnnBackend(shape, Trial.withDropout(Trial.ADAM, 0.2), Trial.work(7), 2)) {
            backend.load(trial.weights(), new float[0][]);
            float[][] states = trial.states(7);
            for (int update = 1; update <= 4; update++) {
                backend.train(trial.window(7, 6), states, 0.01, update, update);
                if (between != null) {
                    between.run();
                }
            }
            return Trial.weightsOf(backend, shape);
        }
    }

    /** L2 norm of the difference over that of what is expected. */
    static double relativeError(Shape.Tensor tensor, double[] expected, double[] found) {
        double difference = 0;
        double norm = 0;
        for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
            difference += Math.pow(expected[i] - found[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    private static void assertClose(float[] found, float[] expected, double tolerance) {
        assertThat(found).hasSameSizeAs(expected);
        assertThat(Arrays.stream(indices(found))
                        .mapToDouble(i -> Math.abs(found[i] - expected[i]))
                        .max()
                        .orElse(0))
                .isLessThan(tolerance);
    }

    private static int[] indices(float[] vector) {
        return java.util.stream.IntStream.range(0, vector.length).toArray();
    }
}
