package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRateTest {
    @ParameterizedTest
    @CsvSource({"1, 0.00003", "50, 0.0015", "99, 0.00297", "100, 0.003", "101, 0.003", "1000000, 0.003"})
    void risesLinearlyAndStays(long update, double expected) {
        assertThat(new LearningRate(0.003, 100, 0, 10).rate(update, 1_000_000, 10))
                .isCloseTo(expected, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"0, 0.003", "150000, 0.0015", "400000, 0.001"})
    void fallsWithTheRootOfTheTextLearned(long symbols, double expected) {
        assertThat(new LearningRate(0.003, 0, 2e-5, 10).rate(1, symbols, 10)).isCloseTo(expected, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"10, 0.003", "40, 0.006", "1000, 0.03", "5, 0.0021213203"})
    void growsWithTheRootOfTheWindow(int windowSymbols, double expected) {
        assertThat(new LearningRate(0.003, 0, 0, 10).rate(1, 0, windowSymbols)).isCloseTo(expected, within(1e-9));
    }

    @Test
    void refusesWhatIsNoRate() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LearningRate(1, 0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new LearningRate(0, 0, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new LearningRate(Double.NaN, 0, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new LearningRate(1, -1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new LearningRate(1, 0, -1, 1));
    }
}
