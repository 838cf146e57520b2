package io.babble.model.backend.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.babble.model.Precision;
import io.babble.model.Shape;
import io.babble.model.StepResult;
import io.babble.model.Trial;
import io.babble.model.Work;
import io.babble.model.backend.Backends;
import io.babble.model.backend.nd4j.Nd4jBackend;
import io.babble.text.Window;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Those tagged {@code bfloat16} need a CPU with instructions for it, and are skipped elsewhere. */
class Bfloat16Test {
    /** The most that rounding to 8 bits changes a factor by, relative to it. */
    private static final double ROUNDING = 1.0 / 256;

    @Test
    void isRefusedWhereTheCpuLacksIt() {
        assumeFalse(OneDnn.hasBfloat16());
        Shape shape = new Shape(257, 8, 16, 1);
        assertThatThrownBy(() -> Backends.create("onednn", shape, Trial.ADAM, work(1), 1))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("CPU")
                .hasMessageContaining("float32");
    }

    @Test
    void isRefusedWhereTheBackendLacksIt() {
        Shape shape = new Shape(257, 8, 16, 1);
        assertThatThrownBy(() -> Backends.create("nd4j", shape, Trial.ADAM, work(1), 1))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("nd4j")
                .hasMessageContaining("float32");
    }

    /**
     * Every product rounds two factors, and what one layer or step has rounded goes through the next: some roundings
     * add up.
     */
    @Tag("bfloat16")
    @ParameterizedTest(name = "{0} layers of {1}, {2} lanes, {3} steps, {4} threads, {5} symbols")
    @CsvSource({
        "1, 16, 4, 5, 1, 257",
        "2, 16, 4, 5, 2, 257",
        "2, 13, 1, 7, 2, 257",
        "2, 13, 3, 1, 1, 257",
        "2, 64, 33, 11, 2, 257",
        "2, 17, 5, 6, 2, 1000",
        "1, 2, 8, 3, 8, 257",
    })
    void findsTheGradientOfTheOracleWithinRounding(
            int layers, int hidden, int lanes, int steps, int threads, int symbols) {
        assumeTrue(OneDnn.hasBfloat16());
        Shape shape = new Shape(symbols, 11, hidden, layers);
        Trial trial = new Trial(shape, 100 + hidden);
        float[] weights = trial.weights();
        float[][] states = trial.states(lanes);
        Window window = trial.window(lanes, steps);
        try (Nd4jBackend oracle = new Nd4jBackend(shape, Trial.ADAM, DataType.DOUBLE);
                OneDnnBackend backend = new OneDnnBackend(shape, Trial.ADAM, work(lanes), threads)) {
            oracle.load(weights, new float[0][]);
            backend.load(weights, new float[0][]);
            double[] expected = oracle.gradient(window, states, 1);
            double[] found = backend.gradient(window, states, 1);
            for (Shape.Tensor tensor : shape.tensors()) {
                double error = Trial.relativeError(tensor, expected, found);
                assertThat(error).as(tensor.name()).isLessThan(8 * ROUNDING);
            }
        }
    }

    /** In more sizes than there are plans, so that some go and the rounded weights stay. */
    @Tag("bfloat16")
    @Test
    void learnsWhatTheOracleLearnsWithinRounding() {
        assumeTrue(OneDnn.hasBfloat16());
        Shape shape = new Shape(257, 9, 17, 2);
        Trial trial = new Trial(shape, 21);
        float[] weights = trial.weights();
        try (Nd4jBackend oracle = new Nd4jBackend(shape, Trial.ADAM, DataType.DOUBLE);
                OneDnnBackend backend = new OneDnnBackend(shape, Trial.ADAM, work(6), 2)) {
            oracle.load(weights, new float[0][]);
            backend.load(weights, new float[0][]);
            for (int update = 1; update <= 40; update++) {
                int lanes = 1 + 5 * update % 6;
                Window window = trial.window(lanes, 1 + 3 * update % 7);
                float[][] expectedStates = trial.states(lanes);
                float[][] states = Trial.copy(expectedStates);
                StepResult expected = oracle.train(window, expectedStates, 0.01, update, update);
                StepResult found = backend.train(window, states, 0.01, update, update);
                double nats = expected.textNats() + expected.endOfTextNats();
                assertThat(found.textNats() + found.endOfTextNats()).isCloseTo(nats, within(4 * ROUNDING * nats));
            }
        }
    }

    @Tag("bfloat16")
    @ParameterizedTest(name = "{0} lanes")
    @ValueSource(ints = {1, 3, 16})
    void writesAsTheOracleWithinRounding(int lanes) {
        assumeTrue(OneDnn.hasBfloat16());
        Shape shape = new Shape(257, 9, 17, 2);
        Trial trial = new Trial(shape, 22);
        float[][] expectedStates = trial.states(lanes);
        float[][] states = Trial.copy(expectedStates);
        Work writing = new Work(16, 1, false, Precision.BFLOAT16, Long.MAX_VALUE);
        try (Nd4jBackend oracle = new Nd4jBackend(shape, Trial.ADAM, DataType.DOUBLE);
                OneDnnBackend backend = new OneDnnBackend(shape, Trial.ADAM, writing, 1)) {
            float[] weights = trial.weights();
            oracle.load(weights, new float[0][]);
            backend.load(weights, new float[0][]);
            float[][] expected = new float[lanes][shape.symbols()];
            float[][] found = new float[lanes][shape.symbols()];
            int[] symbols = trial.window(lanes, 1).inputs();
            oracle.decode(symbols, expectedStates, expected);
            backend.decode(symbols, states, found);
            for (int lane = 0; lane < lanes; lane++) {
                double largest = 0;
                for (float logit : expected[lane]) {
                    largest = Math.max(largest, Math.abs(logit));
                }
                for (int symbol = 0; symbol < shape.symbols(); symbol++) {
                    assertThat((double) found[lane][symbol])
                            .isCloseTo(expected[lane][symbol], within(8 * ROUNDING * largest));
                }
            }
        }
    }

    @Tag("bfloat16")
    @Test
    void hasAllItsMemoryWhenItIsMade() {
        assumeTrue(OneDnn.hasBfloat16());
        Shape shape = new Shape(257, 24, 128, 2);
        Trial trial = new Trial(shape, 1);
        Work work = new Work(16, 10, true, Precision.BFLOAT16, Long.MAX_VALUE);
        long before = NativeMemory.taken();
        try (OneDnnBackend backend = new OneDnnBackend(shape, Trial.ADAM, work, 1)) {
            long bytes = backend.bytes();
            for (int lanes = 16; lanes > 0; lanes--) {
                for (int steps = 10; steps > 0; steps /= 3) {
                    backend.train(trial.window(lanes, steps), trial.states(lanes), 1e-3, 1, 1);
                }
            }
            assertThat(backend.bytes()).isEqualTo(bytes);
        }
        assertThat(NativeMemory.taken()).isEqualTo(before);
    }

    private static Work work(int lanes) {
        return new Work(lanes, 1, true, Precision.BFLOAT16, Long.MAX_VALUE);
    }
}
