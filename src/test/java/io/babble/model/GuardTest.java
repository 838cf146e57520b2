package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.model.backend.Backends;
import io.babble.text.Window;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is not a number never reaches the weights. */
class GuardTest {
    private static final Shape SHAPE = new Shape(257, 6, 12, 2);

    @ParameterizedTest(name = "{0}: {1} in the weights")
    @CsvSource({
        "nd4j, NaN",
        "nd4j, Infinity",
        "nd4j, 3e38",
        "onednn, NaN",
        "onednn, Infinity",
        "onednn, -Infinity",
        "onednn, 3e38"
    })
    void skipsAStepWhoseLossOrGradientIsNotFinite(String name, float bad) {
        Trial trial = new Trial(SHAPE, 1);
        float[] weights = trial.weights();
        // In the softmax, where every target meets it: once through the loss, for 3e38 through the gradient's norm.
        Arrays.fill(weights, weights.length - 257 - 24 * 257, weights.length - 257, bad);
        assertNothingChanges(name, trial, weights, trial.states(3), trial.window(3, 5));
    }

    @ParameterizedTest(name = "{0}: {1} in a state of {2} fresh ones")
    @CsvSource({
        "nd4j, NaN, 3",
        "nd4j, NaN, 1",
        "onednn, NaN, 3",
        "onednn, NaN, 1",
        "nd4j, Infinity, 3",
        "nd4j, Infinity, 1",
        "onednn, Infinity, 3",
        "onednn, Infinity, 1"
    })
    void skipsAStepFromAStateThatIsNotFinite(String name, float bad, int fresh) {
        Trial trial = new Trial(SHAPE, 2);
        float[][] states = trial.states(3);
        states[1][0] = bad;
        // An infinite c alone may saturate to a finite output.
        states[1][12] = Float.NaN;
        assertNothingChanges(name, trial, trial.weights(), states, trial.window(3, 5, fresh));
    }

    private static void assertNothingChanges(
            String name, Trial trial, float[] weights, float[][] states, Window window) {
        float[][] before = Trial.copy(states);
        float[][] moments = {trial.weights(), new float[weights.length]};
        try (Backend backend = Backends.create(name, SHAPE, Trial.ADAM, Trial.WORK, 1)) {
            backend.load(weights, moments);
            StepResult result = backend.train(window, states, 0.1, 4, 1);
            assertThat(result.skipped()).isTrue();
            // By Arrays, to which NaN equals NaN.
            assertThat(Arrays.deepEquals(states, before)).isTrue();
            assertThat(Arrays.equals(Trial.weightsOf(backend, SHAPE), weights)).isTrue();
            assertThat(Trial.momentsOf(backend, SHAPE, 2)).isDeepEqualTo(moments);
        }
    }
}
