package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.babble.model.Training.Clip;
import io.babble.model.Training.Clipping;
import io.babble.model.Training.Optimizer;
import org.junit.jupiter.api.Test;

class TrainingTest {
    private static final double NO_BOUND = Double.POSITIVE_INFINITY;

    @Test
    void scalesAGradientWhoseNormIsTooLarge() {
        assertThat(clipping(Clipping.NORM, 0.5).clip(2, 100)).isEqualTo(new Clip(0.25, NO_BOUND, true));
        assertThat(clipping(Clipping.NORM, 0.5).clip(0.5, 100)).isEqualTo(new Clip(1, NO_BOUND, false));
    }

    @Test
    void boundsTheElementsOfAGradient() {
        assertThat(clipping(Clipping.VALUE, 0.5).clip(100, 2)).isEqualTo(new Clip(1, 0.5, true));
        assertThat(clipping(Clipping.VALUE, 0.5).clip(100, 0.5)).isEqualTo(new Clip(1, 0.5, false));
    }

    @Test
    void zeroTurnsClippingOff() {
        for (Clipping clipping : Clipping.values()) {
            assertThat(clipping(clipping, 0).clip(1e30, 1e30)).isEqualTo(new Clip(1, NO_BOUND, false));
            assertThat(clipping(clipping, 0).clipsByValue()).isFalse();
        }
    }

    @Test
    void correctsTheBiasOfAdamsAverages() {
        Training training = clipping(Clipping.NORM, 0);

        assertThat(training.adamRate(0.01, 1)).isCloseTo(0.01 * Math.sqrt(1 - 0.999) / (1 - 0.9), within(1e-15));
        assertThat(training.adamRate(0.01, 1_000_000)).isCloseTo(0.01, within(1e-15));
    }

    @Test
    void aStepMayUpdateOnlyWithFiniteLossAndGradient() {
        assertThat(Training.mayUpdate(3, 1)).isTrue();
        assertThat(Training.mayUpdate(Double.NaN, 1)).isFalse();
        assertThat(Training.mayUpdate(3, Double.POSITIVE_INFINITY)).isFalse();
    }

    private static Training clipping(Clipping clipping, double at) {
        return new Training(Optimizer.ADAM, 0.9, 0.999, 1e-8, clipping, at, 0);
    }
}
