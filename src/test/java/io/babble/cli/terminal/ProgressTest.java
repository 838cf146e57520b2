package io.babble.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final StringWriter out = new StringWriter();
    private long seconds;

    @Test
    void printsALineEveryFewSecondsToAFile() {
        Progress progress = progress(false, 2_000);
        progress.update(100);
        seconds = 5;
        progress.update(1_000);
        progress.update(1_001);
        seconds = 10;
        progress.update(2_000);
        progress.clear();
        assertThat(out.toString().lines())
                .containsExactly(
                        " 50 %  1,000 of 2,000 bytes  200 bytes/s", "100 %  2,000 of 2,000 bytes  200 bytes/s");
    }

    @Test
    void updatesABarInPlaceOnATerminal() {
        Progress progress = progress(true, 2_000);
        seconds = 1;
        progress.update(1_000);
        progress.clear();
        assertThat(out)
                .hasToString(
                        "\r███████████████░░░░░░░░░░░░░░░  50 %  1,000 of 2,000 bytes  1,000 bytes/s\033[K\r\033[K");
    }

    @Test
    void aLineFitsIntoATerminalOf80Columns() {
        Progress progress = progress(true, 1_000_000_000);
        for (long bytes : new long[] {1_000, 100_000_000, 1_000_000_000}) {
            seconds++;
            progress.update(bytes, () -> "  2.345 bits/byte");
        }
        assertThat(out.toString().split("\r"))
                .allSatisfy(line -> assertThat(line.replace("\033[K", "")).hasSizeLessThan(80));
        assertThat(out.toString()).contains("░");
    }

    @Test
    void showsNoPercentageWhenTheTotalIsUnknown() {
        Progress progress = progress(false, -1);
        seconds = 5;
        progress.update(1_000);
        assertThat(out.toString().lines()).containsExactly("1,000 bytes  200 bytes/s");
    }

    private Progress progress(boolean terminal, long total) {
        return new Progress(new PrintWriter(out), terminal, total, () -> seconds * 1_000_000_000);
    }
}
