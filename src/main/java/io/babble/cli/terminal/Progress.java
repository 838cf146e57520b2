package io.babble.cli.terminal;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Shows progress: a bar that updates in place on a terminal, or a plain line every few seconds in a file. */
public final class Progress {
    private static final int BAR_WIDTH = 30;

    private final PrintWriter out;
    private final boolean terminal;
    private final long total;
    private final LongSupplier nanoTime;
    private final long began;
    private final long interval;
    private long next;

    /**
     * Starts to measure the speed.
     *
     * @param total bytes, or a negative number if unknown
     */
    public Progress(PrintWriter out, boolean terminal, long total, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.total = total;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
        this.interval = (terminal ? Duration.ofMillis(200) : Duration.ofSeconds(5)).toNanos();
        this.next = began + interval;
    }

    public void update(long bytes) {
        update(bytes, () -> "");
    }

    /**
     * Prints the progress if the last time was long enough ago.
     *
     * @param bytes done so far
     * @param details appended to the line
     */
    public void update(long bytes, Supplier<String> details) {
        long now = nanoTime.getAsLong();
        if (now - next >= 0) {
            next = now + interval;
            print(bytes, now, details.get());
        }
    }

    /** Removes the bar from the terminal. */
    public void clear() {
        if (terminal) {
            out.print("\r\033[K");
            out.flush();
        }
    }

    private void print(long bytes, long now, String details) {
        String rate = String.format(Locale.ROOT, "%,.0f bytes/s", bytes / ((now - began) / 1e9)) + details;
        String line = total > 0
                ? String.format(Locale.ROOT, "%3d %%  %,d of %,d bytes  %s", 100 * bytes / total, bytes, total, rate)
                : String.format(Locale.ROOT, "%,d bytes  %s", bytes, rate);
        if (terminal) {
            line = Terminal.fitting(line);
            out.print("\r" + (total > 0 ? bar(bytes, Terminal.MAX_WIDTH - line.length() - 1) : "") + line + "\033[K");
        } else {
            out.println(line);
        }
        out.flush();
    }

    private String bar(long bytes, int room) {
        int width = Math.max(0, Math.min(BAR_WIDTH, room));
        int full = (int) Math.min(width, width * bytes / total);
        return width == 0 ? "" : "█".repeat(full) + "░".repeat(width - full) + " ";
    }
}
