package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.babble.text.Window;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaneWeightsTest {

    /** Replayed lanes have at most 0.4 of the weight, and none more than a fresh one. */
    @ParameterizedTest
    @CsvSource({"1, 7, 4.8", "1, 1, 1.2", "1, 0, 1", "7, 7, 1.2", "50, 7, 1"})
    void freshLanesWeighMoreAndTheMeanIsOne(int fresh, int replayed, double weight) {
        int lanes = fresh + replayed;
        Window window = new Window(lanes, 1, new int[lanes], new int[lanes], fresh);

        double sum = 0;
        for (int lane = 0; lane < lanes; lane++) {
            assertThat(LaneWeights.weight(window, lane)).isLessThanOrEqualTo(LaneWeights.weight(window, 0));
            sum += LaneWeights.weight(window, lane);
        }
        assertThat(LaneWeights.weight(window, 0)).isCloseTo(weight, within(1e-12));
        assertThat(sum).isCloseTo(lanes, within(1e-9));
    }
}
