package io.babble.cli.terminal;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** How far something has come: a bar that updates in place on a terminal, now and then a plain line anywhere else. */
public final class Progress {
    private static final int WIDTH = 30;

    private final PrintWriter out;
    private final boolean terminal;
    private final long total;
    private final LongSupplier nanoTime;
    private final long began;
    private final long every;
    private long next;

    /**
     * Begins now.
     *
     * @param total bytes in all, or a negative number when nobody knows
     */
    public Progress(PrintWriter out, boolean terminal, long total, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.total = total;
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
        this.every = (terminal ? Duration.ofMillis(200) : Duration.ofSeconds(5)).toNanos();
        this.next = began + every;
    }

    public void at(long bytes) {
        at(bytes, () -> "");
    }

    /**
     * Updates the line if it is time to.
     *
     * @param more what else the line says
     */
    public void at(long bytes, Supplier<String> more) {
        long now = nanoTime.getAsLong();
        if (now - next >= 0) {
            next = now + every;
            print(bytes, now, more.get());
        }
    }

    /** Leaves the terminal's line to others. */
    public void end() {
        if (terminal) {
            out.print("\r\033[K");
            out.flush();
        }
    }

    private void print(long bytes, long now, String more) {
        String rate = String.format(Locale.ROOT, "%,.0f bytes/s", bytes / ((now - began) / 1e9)) + more;
        String line = total > 0
                ? String.format(Locale.ROOT, "%3d %%  %,d of %,d bytes  %s", 100 * bytes / total, bytes, total, rate)
                : String.format(Locale.ROOT, "%,d bytes  %s", bytes, rate);
        if (terminal) {
            out.print("\r" + (total > 0 ? bar(bytes) : "") + line + "\033[K");
        } else {
            out.println(line);
        }
        out.flush();
    }

    private String bar(long bytes) {
        int full = (int) (WIDTH * bytes / total);
        return "█".repeat(full) + "░".repeat(WIDTH - full) + " ";
    }
}
