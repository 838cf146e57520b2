package io.babble.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import org.junit.jupiter.api.Test;

class TimesTest {
    @Test
    void quantilesArePreciseToThreeDigits() {
        Times times = new Times();
        for (int i = 1_000; i >= 1; i--) {
            times.add(i * 1_234_567L);
        }

        assertThat(times.count()).isEqualTo(1_000);
        assertThat(times.quantile(0.1)).isCloseTo(100 * 1_234_567.0, withPercentage(0.1));
        assertThat(times.quantile(0.5)).isCloseTo(500 * 1_234_567.0, withPercentage(0.1));
        assertThat(times.quantile(0.9)).isCloseTo(900 * 1_234_567.0, withPercentage(0.1));
    }
}
