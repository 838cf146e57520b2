package io.babble.model.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.model.Backend;
import io.babble.model.Shape;
import io.babble.model.StepResult;
import io.babble.model.TensorRole;
import io.babble.model.Trial;
import io.babble.text.Window;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What no backend may do: learn from what is not finite, compute on what does not fit or is closed, or depend on
 * anything else.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("io.babble.model.backend.BackendContractTest#names")
class BackendRobustnessTest {
    private static final Shape SHAPE = new Shape(257, 6, 12, 2);
    private static final float[][] NO_MOMENTS = {};

    @Parameter
    String name;

    @ParameterizedTest(name = "{0} in the weights")
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3e38f})
    void skipsAStepWhoseLossOrGradientIsNotFinite(float bad) {
        Trial trial = new Trial(SHAPE, 1);
        float[] weights = trial.weights();
        // In the softmax, which every target depends on: the loss is not finite, or for 3e38 the norm of the gradient.
        Shape.Tensor softmax = SHAPE.tensor(TensorRole.SOFTMAX_WEIGHT);
        Arrays.fill(weights, softmax.offset(), softmax.offset() + softmax.length(), bad);
        assertNothingChanges(trial, weights, trial.states(3), trial.window(3, 5));
    }

    @ParameterizedTest(name = "{0} in a state of {1} fresh ones")
    @CsvSource({"NaN, 3", "NaN, 1", "Infinity, 3", "Infinity, 1"})
    void skipsAStepFromAStateThatIsNotFinite(float bad, int fresh) {
        Trial trial = new Trial(SHAPE, 2);
        float[][] states = trial.states(3);
        states[1][0] = bad;
        // An infinite c alone may saturate to a finite output.
        states[1][12] = Float.NaN;
        assertNothingChanges(trial, trial.weights(), states, trial.window(3, 5, fresh));
    }

    private void assertNothingChanges(Trial trial, float[] weights, float[][] states, Window window) {
        float[][] before = Trial.copy(states);
        float[][] moments = {trial.weights(), new float[weights.length]};
        try (Backend backend = backend(SHAPE, weights)) {
            backend.load(weights, moments);
            StepResult result = backend.train(window, states, 0.1, 4, 1);
            assertThat(result.skipped()).isTrue();
            // With Arrays, for which NaN equals NaN.
            assertThat(Arrays.deepEquals(states, before)).isTrue();
            assertThat(Arrays.equals(Trial.weightsOf(backend, SHAPE), weights)).isTrue();
            assertThat(Trial.momentsOf(backend, SHAPE, 2)).isDeepEqualTo(moments);
        }
    }

    @Test
    void refusesWhatDoesNotFitTheShape() {
        Shape shape = new Shape(5, 2, 3, 1);
        float[][] one = new float[1][shape.stateLength()];
        try (Backend backend = Backends.create(name, shape, Trial.ADAM, Trial.WORK, 1)) {
            assertThatThrownBy(() -> backend.decode(new int[] {5}, one, new float[1][5]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Symbol 5");
            assertThatThrownBy(() -> backend.measure(new Window(2, 1, new int[2], new int[2]), one))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2 lanes");
            assertThatThrownBy(() -> backend.load(new float[3], NO_MOMENTS))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("weights");
            assertThatThrownBy(() -> backend.load(new float[shape.parameters()], new float[1][shape.parameters()]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2 moments");
        }
    }

    @Test
    void sameInputsGiveTheSameBits() {
        assertThat(trained(null)).isEqualTo(trained(null));
    }

    @Test
    void backendsInOneJvmDoNotInfluenceEachOther() {
        float[] alone = trained(null);
        Shape other = new Shape(257, 12, 40, 2);
        Trial trial = new Trial(other, 32);
        try (Backend neighbour = backend(other, trial.weights())) {
            float[][] states = trial.states(9);
            Runnable between = () -> neighbour.train(trial.window(9, 5), states, 0.01, 1, 1);
            assertThat(trained(between)).isEqualTo(alone);
        }
    }

    @Test
    void refusesToWorkOnceClosed() {
        Shape shape = new Shape(257, 8, 16, 1);
        Trial trial = new Trial(shape, 27);
        Backend backend = backend(shape, trial.weights());
        backend.close();
        backend.close();
        float[] vector = new float[shape.parameters()];
        float[][] states = trial.states(1);
        Window window = trial.window(1, 1);
        List<Runnable> calls = List.of(
                () -> backend.load(vector, NO_MOMENTS),
                () -> backend.copyTo(new float[0], NO_MOMENTS),
                () -> backend.train(window, states, 0.01, 1, 1),
                () -> backend.measure(window, states),
                () -> backend.decode(new int[1], states, new float[1][257]));
        for (Runnable call : calls) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    /** The weights after a few updates by two threads; {@code between} runs after each of them. */
    private float[] trained(Runnable between) {
        Shape shape = new Shape(257, 8, 32, 2);
        Trial trial = new Trial(shape, 31);
        try (Backend backend = Backends.create(name, shape, Trial.withDropout(Trial.ADAM, 0.2), Trial.work(7), 2)) {
            backend.load(trial.weights(), NO_MOMENTS);
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

    private Backend backend(Shape shape, float[] weights) {
        Backend backend = Backends.create(name, shape, Trial.ADAM, Trial.WORK, 1);
        backend.load(weights, NO_MOMENTS);
        return backend;
    }
}
