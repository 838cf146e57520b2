package io.babble.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.text.WindowSizes.Size;
import org.junit.jupiter.api.Test;

class WindowSizesTest {
    private static final int KIB = 1024;

    private final WindowSizes sizes = new WindowSizes(1, 10, 32, 40);

    @Test
    void windowsAreSmallWhileTheLearnerKeepsUp() {
        assertThat(sizes.at(0, 0)).isEqualTo(new Size(1, 10));
        assertThat(sizes.at(15 * KIB, 100)).isEqualTo(new Size(1, 10));
    }

    @Test
    void theirSymbolsDoubleWithTheTextThatWaits() {
        assertThat(sizes.at(16 * KIB, 100)).isEqualTo(new Size(2, 10));
        assertThat(sizes.at(70 * KIB, 100)).isEqualTo(new Size(8, 10));
        assertThat(sizes.at(256 * KIB, 100)).isEqualTo(new Size(32, 10));
        assertThat(sizes.at(512 * KIB, 100)).isEqualTo(new Size(32, 20));
        assertThat(sizes.at(64 << 20, 100)).isEqualTo(new Size(32, 40));
    }

    @Test
    void whereFewStreamsAreReadyTheyGetLonger() {
        assertThat(sizes.at(70 * KIB, 1)).isEqualTo(new Size(1, 40));
        assertThat(sizes.at(70 * KIB, 4)).isEqualTo(new Size(4, 20));
    }

    @Test
    void aFixedSizeStaysAsItIs() {
        assertThat(WindowSizes.fixed(4, 16).at(1 << 20, 100)).isEqualTo(new Size(4, 16));
    }
}
