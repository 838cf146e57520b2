package io.babble.cli.terminal;

import io.babble.records.Origin;
import io.babble.records.Report;
import io.babble.records.Sample;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * What a person sees of the learning: one line of progress, which updates in place on a terminal, and now and then a text,
 * whole and above it.
 */
public final class Screen {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
    private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(5);
    private static final String CLEAR = "\r\033[K";

    private final PrintWriter out;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private final Printed printed;
    private String progress = "";
    private Report last;
    private long samples;
    private long nextLine;
    private long nextSample;
    private String shownId;
    private Transcript shown;
    private StringBuilder text;

    public Screen(PrintWriter out, boolean terminal, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        printed = new Printed(out, terminal);
        nextLine = nanoTime.getAsLong();
        nextSample = nextLine;
    }

    public void report(Report report) {
        last = report;
        String known = String.format(
                Locale.ROOT, "%,d symbols   %.3f bits/byte   ", report.symbols(), report.bitsPerByteAverage());
        boolean fresh = Double.isFinite(report.lagMillis());
        progress = known
                + (fresh
                        ? String.format(
                                Locale.ROOT,
                                "%,.0f symbols/s   text lag %.1f s",
                                report.symbolsPerSecond(),
                                report.lagMillis() / 1e3)
                        : String.format(Locale.ROOT, "no new text, %,d symbols replayed", report.replayed()));
        if (terminal) {
            out.print(CLEAR + progress);
        } else if (nanoTime.getAsLong() - nextLine >= 0) {
            nextLine = nanoTime.getAsLong() + BETWEEN_LINES.toNanos();
            out.println(progress);
        }
        out.flush();
    }

    /** Takes a piece of a text. Of the texts that nobody asked for one is shown every few seconds, when it is complete. */
    public void sample(Sample piece) {
        samples += piece.done() ? 1 : 0;
        boolean time = nanoTime.getAsLong() - nextSample >= 0;
        if (time && piece.sequence() == 0 && piece.origin() == Origin.PERIODIC) {
            nextSample = nanoTime.getAsLong() + BETWEEN_SAMPLES.toNanos();
            shownId = piece.id();
            shown = new Transcript();
            text = new StringBuilder();
        }
        if (piece.id().equals(shownId)) {
            text.append(shown.add(piece));
            if (piece.done()) {
                shownId = null;
                above(text.toString());
            }
        }
    }

    /** Prints a line. */
    public void say(String line) {
        above(line + "\n");
    }

    /** Leaves the terminal's line to others; the last progress stays. */
    public void end() {
        if (terminal && !progress.isEmpty()) {
            out.println();
        }
        progress = "";
    }

    /** Whether nobody is there any more to read it. */
    public boolean abandoned() {
        return out.checkError();
    }

    /** How it stands, for people and programs. */
    public String summary(long checkpoints) {
        return String.format(
                Locale.ROOT,
                "symbols %d  bits/byte %.4f  samples %d  checkpoints %d",
                last == null ? 0 : last.symbols(),
                last == null ? Double.NaN : last.bitsPerByteAverage(),
                samples,
                checkpoints);
    }

    private void above(String lines) {
        if (terminal) {
            out.print(CLEAR);
        }
        printed.print(lines);
        if (terminal) {
            out.print(progress);
        }
        out.flush();
    }
}
