package io.babble.cli.terminal;

import io.babble.records.Origin;
import io.babble.records.Report;
import io.babble.records.Sample;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The output of the demo: a progress line, which updates in place on a terminal, and a sample above it every few
 * seconds.
 */
public final class Screen {
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(5);
    private static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(5);
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintWriter out;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private final TextPrinter printer;
    private String progress = "";
    private Report lastReport;
    private long finishedSamples;
    private long nextLine;
    private long nextSample;
    private String shownId;
    private Transcript transcript;
    private StringBuilder shownText;

    public Screen(PrintWriter out, boolean terminal, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        printer = new TextPrinter(out, terminal);
        nextLine = nanoTime.getAsLong();
        nextSample = nextLine;
    }

    public void report(Report report) {
        lastReport = report;
        String loss = String.format(
                Locale.ROOT, "%,d symbols   %.3f bits/byte   ", report.symbols(), report.bitsPerByteAverage());
        boolean newText = Double.isFinite(report.lagMillis());
        progress = loss
                + (newText
                        ? String.format(
                                Locale.ROOT,
                                "%,.0f symbols/s   text lag %.1f s",
                                report.symbolsPerSecond(),
                                report.lagMillis() / 1e3)
                        : String.format(Locale.ROOT, "no new text, %,d symbols replayed", report.replayed()));
        if (terminal) {
            progress = Terminal.fitting(progress);
            out.print(CLEAR_LINE + progress);
        } else if (nanoTime.getAsLong() - nextLine >= 0) {
            nextLine = nanoTime.getAsLong() + LINE_INTERVAL.toNanos();
            out.println(progress);
        }
        out.flush();
    }

    /** Receives a piece of a sample. Every few seconds one periodic sample is shown, when it is complete. */
    public void sample(Sample piece) {
        finishedSamples += piece.done() ? 1 : 0;
        boolean due = nanoTime.getAsLong() - nextSample >= 0;
        if (due && piece.sequence() == 0 && piece.origin() == Origin.PERIODIC) {
            nextSample = nanoTime.getAsLong() + SAMPLE_INTERVAL.toNanos();
            shownId = piece.id();
            transcript = new Transcript();
            shownText = new StringBuilder();
        }
        if (piece.id().equals(shownId)) {
            shownText.append(transcript.add(piece));
            if (piece.done()) {
                shownId = null;
                printAboveProgress(shownText.toString());
            }
        }
    }

    /** Prints a line above the progress. */
    public void printLine(String line) {
        printAboveProgress(line + "\n");
    }

    /** Ends the progress line; the terminal keeps its last state. */
    public void endProgress() {
        if (terminal && !progress.isEmpty()) {
            out.println();
        }
        progress = "";
    }

    /** Whether the reader of the output has gone, for example a closed pipe. */
    public boolean isOutputClosed() {
        return out.checkError();
    }

    /** The final state in one line that programs can parse. */
    public String summary(long checkpoints) {
        return String.format(
                Locale.ROOT,
                "symbols %d  bits/byte %.4f  samples %d  checkpoints %d",
                lastReport == null ? 0 : lastReport.symbols(),
                lastReport == null ? Double.NaN : lastReport.bitsPerByteAverage(),
                finishedSamples,
                checkpoints);
    }

    private void printAboveProgress(String lines) {
        if (terminal) {
            out.print(CLEAR_LINE);
        }
        printer.print(lines);
        if (terminal) {
            out.print(progress);
        }
        out.flush();
    }
}
