package io.babble.job.learn;

import io.babble.job.source.Piece;

/** Decides whether a training step waits for more text: a wide window is more than comes at once. */
final class Pacing {
    private static final int WAITS_FOR_A_STEP = 20;

    private final int lanes;
    private final boolean wide;
    private long acceptedAtLastWait;
    private long waitedMillis;
    private long stepMillis;

    /**
     * Paces windows of this size.
     *
     * @param lanes most streams of a window
     * @param steps symbols of each in a whole window
     */
    Pacing(int lanes, int steps) {
        this.lanes = lanes;
        wide = lanes * steps > Piece.MAX_BYTES;
    }

    /**
     * While lanes are empty and text keeps coming, a step waits, at most as long as the last one took.
     *
     * @param accepted bytes that have come in so far
     * @param ready streams that are ready
     */
    boolean waits(long accepted, int ready) {
        boolean coming = waitedMillis == 0 || accepted != acceptedAtLastWait;
        return wide && ready < lanes && coming && waitedMillis < stepMillis;
    }

    /** Begins a wait; gives back how long it is, ms. */
    long beginWait(long accepted) {
        acceptedAtLastWait = accepted;
        long millis = Math.max(1, stepMillis / WAITS_FOR_A_STEP);
        waitedMillis += millis;
        return millis;
    }

    /** Takes note of a step that took so long. */
    void stepped(long nanos) {
        stepMillis = nanos / 1_000_000;
        waitedMillis = 0;
    }
}
