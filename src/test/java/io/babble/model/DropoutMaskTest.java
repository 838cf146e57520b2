package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DropoutMaskTest {
    @Test
    void dropsTheShareAskedForAndKeepsTheMean() {
        float[] mask = mask(7, 0);
        int dropped = 0;
        double sum = 0;
        for (float value : mask) {
            dropped += value == 0 ? 1 : 0;
            sum += value;
        }
        assertThat(dropped / (double) mask.length).isCloseTo(0.3, within(0.01));
        assertThat(sum / mask.length).isCloseTo(1, within(0.02));
    }

    @Test
    void followsFromSeedAndLayerAlone() {
        assertThat(mask(7, 0)).isEqualTo(mask(7, 0)).isNotEqualTo(mask(8, 0)).isNotEqualTo(mask(7, 1));
    }

    private static float[] mask(long seed, int layer) {
        float[] mask = new float[50_000];
        DropoutMask.fill(mask, seed, layer, 0.3);
        return mask;
    }
}
