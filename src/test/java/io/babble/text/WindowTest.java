package io.babble.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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

    @Test
    void refusesWindowsWithoutFreshText() {
        assertThatThrownBy(() -> new Window(2, 1, new int[2], new int[2], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 of 2");
    }
}
