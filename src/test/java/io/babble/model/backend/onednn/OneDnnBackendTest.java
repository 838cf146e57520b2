package io.babble.model.backend.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.model.Shape;
import io.babble.model.Trial;
import io.babble.text.Window;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only this backend has: plans for each size of a window. */
class OneDnnBackendTest {
    private static final long SEED = 5;

    /** Every size needs a plan; with more sizes than are cached plans are evicted and made again. */
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
}
