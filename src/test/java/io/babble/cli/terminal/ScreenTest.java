package io.babble.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.records.Origin;
import io.babble.records.Report;
import io.babble.records.Sample;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final StringWriter out = new StringWriter();
    private final AtomicLong time = new AtomicLong();

    @Test
    void aTerminalShowsCompleteSamplesAboveOneProgressLine() {
        Screen screen = screen(true);
        screen.report(report(1_000));
        screen.sample(piece("a", 0, "To be", false));
        screen.report(report(2_000));
        screen.sample(piece("a", 1, " or\007", true));
        screen.endProgress();
        assertThat(out.toString())
                .isEqualTo("\r\033[K" + progress("1,000")
                        + "\r\033[K" + progress("2,000")
                        + "\r\033[K── version 7  2.50 bits/byte\nTo be or\uFFFD\n\n" + progress("2,000")
                        + System.lineSeparator());
    }

    @Test
    void aFileGetsALineAndASampleEveryFewSeconds() {
        Screen screen = screen(false);
        screen.report(report(1_000));
        screen.report(report(2_000));
        screen.sample(piece("a", 0, "one", true));
        screen.sample(piece("b", 0, "two", true));
        time.addAndGet(Duration.ofSeconds(5).toNanos());
        screen.report(report(3_000));
        screen.sample(piece("c", 1, "the end of another", true));
        screen.sample(piece("d", 0, "three", true));
        assertThat(out.toString().lines())
                .containsExactly(
                        progress("1,000"),
                        "── version 7  2.50 bits/byte",
                        "one",
                        "",
                        progress("3,000"),
                        "── version 7  2.50 bits/byte",
                        "three",
                        "");
        assertThat(screen.summary(9)).isEqualTo("symbols 3000  bits/byte 2.5000  samples 4  checkpoints 9");
    }

    @Test
    void hasASummaryBeforeTheFirstReport() {
        assertThat(screen(false).summary(0)).isEqualTo("symbols 0  bits/byte NaN  samples 0  checkpoints 0");
    }

    private Screen screen(boolean terminal) {
        return new Screen(new PrintWriter(out), terminal, time::get);
    }

    private static String progress(String symbols) {
        return symbols + " symbols   2.500 bits/byte   4,321 symbols/s   text lag 1.2 s";
    }

    private static Report report(long symbols) {
        return Report.builder()
                .step(7)
                .symbols(symbols)
                .bitsPerByte(2)
                .bitsPerByteAverage(2.5)
                .bitsPerCharacter(2)
                .gradientNorm(1)
                .learningRate(0.1)
                .lanes(1)
                .windowSteps(1)
                .streams(1)
                .accepted(symbols)
                .stepMillis(1)
                .symbolsPerSecond(4_321)
                .lagMillis(1_200)
                .build();
    }

    private static Sample piece(String id, long sequence, String text, boolean done) {
        return new Sample(id, sequence, 5 * sequence, text, done, Origin.PERIODIC, null, 7, 2.5, 0.8, 1, null, null, 0);
    }
}
