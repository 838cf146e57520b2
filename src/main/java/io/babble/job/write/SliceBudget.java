package io.babble.job.write;

/** How much is written in one slice, so that a checkpoint barrier waits for little. */
final class SliceBudget {
    /** A barrier waits for one slice, and for longer where other threads want the writer's core. */
    private static final long SLICE_NANOS = 10_000_000;
    /** Weight of the newest symbol in the moving average of a symbol's time. */
    private static final double NEWEST = 1.0 / 8;

    private double nanosPerText; // for one symbol, moving average
    private long begin;
    private long end;
    private long lastSymbol;

    /** How many of the active texts are written in a slice: all, or a part of them that gets one symbol within it. */
    int texts(int active) {
        int texts = active;
        while (texts > 1 && texts * nanosPerText > SLICE_NANOS) {
            texts = (texts + 1) / 2;
        }
        return texts;
    }

    void begin() {
        begin = System.nanoTime();
        end = begin;
    }

    /** Takes note of one symbol of so many texts; returns its time, ns. */
    long symbolWritten(int texts) {
        long now = System.nanoTime();
        lastSymbol = now - end;
        end = now;
        nanosPerText += ((double) lastSymbol / texts - nanosPerText) * NEWEST;
        return lastSymbol;
    }

    /** Whether another symbol, as long as the last one, ends within the slice. */
    boolean hasTime() {
        return end + lastSymbol - begin <= SLICE_NANOS;
    }

    /** The end of the last symbol, {@link System#nanoTime}. */
    long end() {
        return end;
    }
}
