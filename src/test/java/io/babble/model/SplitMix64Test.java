package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SplitMix64Test {
    @Test
    void drawsAsTheJdksSplittableRandom() {
        SplittableRandom expected = new SplittableRandom(-42);
        SplitMix64 random = new SplitMix64(-42);
        for (int i = 0; i < 1000; i++) {
            assertThat(random.nextLong()).isEqualTo(expected.nextLong());
        }
    }

    @Test
    void goesOnFromItsState() {
        SplitMix64 random = new SplitMix64(7);
        random.nextDouble();
        SplitMix64 resumed = new SplitMix64(random.state());

        assertThat(resumed.nextLong()).isEqualTo(random.nextLong());
    }
}
