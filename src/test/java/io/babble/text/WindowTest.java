package io.babble.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {

    @Test
    void textLearnedBeforeStandsBehindTheFreshLanesAndDoesNotCount() {
        Window fresh = new Window(1, 2, new int[] {'a', 'b'}, new int[] {'b', Alphabet.END_OF_TEXT});
        Window before = new Window(2, 2, new int[] {'x', 'p', 'y', 'q'}, new int[] {'y', 'q', 'z', 'r'});

        Window both = fresh.with(before);

        assertThat(both.lanes()).isEqualTo(3);
        assertThat(both.inputs()).containsExactly('a', 'x', 'p', 'b', 'y', 'q');
        assertThat(both.targets()).containsExactly('b', 'y', 'q', Alphabet.END_OF_TEXT, 'z', 'r');
        assertThat(both.content(Bytes.ALPHABET)).isEqualTo(fresh.content(Bytes.ALPHABET));
    }

    /** 0.4 of the gradient, and no lane of it more than a fresh one. */
    @ParameterizedTest
    @CsvSource({"1, 7, 4.8", "1, 1, 1.2", "1, 0, 1", "7, 7, 1.2", "50, 7, 1"})
    void freshLanesWeighMoreAndTheMeanIsOne(int fresh, int before, double weight) {
        int lanes = fresh + before;
        Window window = new Window(lanes, 1, new int[lanes], new int[lanes], fresh);

        double sum = 0;
        for (int lane = 0; lane < lanes; lane++) {
            assertThat(window.weight(lane)).isLessThanOrEqualTo(window.weight(0));
            sum += window.weight(lane);
        }
        assertThat(window.weight(0)).isCloseTo(weight, within(1e-12));
        assertThat(sum).isCloseTo(lanes, within(1e-9));
    }

    @Test
    void refusesWindowsWithoutFreshText() {
        assertThatThrownBy(() -> new Window(2, 1, new int[2], new int[2], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 of 2");
    }
}
