package io.babble.model.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.babble.model.Backend;
import io.babble.model.Shape;
import io.babble.model.StepResult;
import io.babble.model.Trial;
import io.babble.model.backend.nd4j.Nd4jBackend;
import io.babble.model.backend.onednn.OneDnnBackend;
import io.babble.text.Window;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

/** Compares the backends with numbers that PyTorch computed in double; the program that did is in {@code src/peers}. */
class PytorchTest {
    private static final Shape SHAPE = new Shape(7, 3, 4, 2);

    private record Numbers(
            int lanes,
            int steps,
            int[] inputs,
            int[] targets,
            float[] weights,
            float[][] states,
            double loss,
            double[] logits,
            double[] h,
            double[] c,
            double[] gradient) {}

    private interface Gradient {
        double[] of(Window window, float[][] states, long dropoutSeed);
    }

    @Test
    void nd4jInDoubleGivesThoseOfPytorch() throws IOException {
        try (Nd4jBackend backend = new Nd4jBackend(SHAPE, Trial.ADAM, DataType.DOUBLE)) {
            // Logits and states leave a backend in float.
            assertAgrees(backend, backend::gradient, 1e-12, 1e-6);
        }
    }

    @Test
    void nd4jInFloatGivesThoseOfPytorch() throws IOException {
        try (Nd4jBackend backend = new Nd4jBackend(SHAPE, Trial.ADAM, DataType.FLOAT)) {
            assertAgrees(backend, backend::gradient, 1e-6, 2e-6);
        }
    }

    @Test
    void oneDnnGivesThoseOfPytorch() throws IOException {
        try (OneDnnBackend backend = new OneDnnBackend(SHAPE, Trial.ADAM, Trial.WORK, 1)) {
            assertAgrees(backend, backend::gradient, 1e-6, 2e-6);
        }
    }

    private static void assertAgrees(Backend backend, Gradient gradient, double tolerance, double floatTolerance)
            throws IOException {
        Numbers expected = numbers();
        Window window = new Window(expected.lanes(), expected.steps(), expected.inputs(), expected.targets());
        backend.load(expected.weights(), new float[0][]);

        assertThat(gradient.of(window, expected.states(), 0)).containsExactly(expected.gradient(), within(tolerance));

        StepResult measured = backend.measure(window, Trial.copy(expected.states()));
        assertThat(measured.textNats() / window.targets().length).isCloseTo(expected.loss(), within(tolerance));

        float[][] states = Trial.copy(expected.states());
        float[][] logits = new float[expected.lanes()][SHAPE.symbols()];
        for (int step = 0; step < expected.steps(); step++) {
            backend.decode(Trial.part(window, step, step + 1).inputs(), states, logits);
            for (int lane = 0; lane < expected.lanes(); lane++) {
                int at = (step * expected.lanes() + lane) * SHAPE.symbols();
                assertClose(logits[lane], 0, expected.logits(), at, SHAPE.symbols(), floatTolerance);
            }
        }
        for (int layer = 0; layer < SHAPE.layers(); layer++) {
            for (int lane = 0; lane < expected.lanes(); lane++) {
                int at = (layer * expected.lanes() + lane) * SHAPE.hidden();
                int h = SHAPE.stateOffset(layer, 0);
                int c = SHAPE.stateOffset(layer, 1);
                assertClose(states[lane], h, expected.h(), at, SHAPE.hidden(), floatTolerance);
                assertClose(states[lane], c, expected.c(), at, SHAPE.hidden(), floatTolerance);
            }
        }
    }

    private static void assertClose(
            float[] found, int foundAt, double[] expected, int expectedAt, int length, double tolerance) {
        for (int i = 0; i < length; i++) {
            assertThat((double) found[foundAt + i]).isCloseTo(expected[expectedAt + i], within(tolerance));
        }
    }

    private static Numbers numbers() throws IOException {
        try (InputStream in = PytorchTest.class.getResourceAsStream("pytorch.json")) {
            return new ObjectMapper().readValue(in, Numbers.class);
        }
    }
}
