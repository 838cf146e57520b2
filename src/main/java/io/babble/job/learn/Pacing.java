package io.babble.job.learn;

import io.babble.job.source.Piece;

/** Decides whether a training step waits for more text, when a window needs more than arrives at once. */
final class Pacing {
    private static final int WAITS_PER_STEP = 20;

    private final int lanes;
    private final boolean wide;
    private long acceptedAtLastWait;
    private long waitedMillis;
    private long stepMillis;

    /**
     * Paces windows of this size.
     *
     * @param lanes most streams of a window
     * @param steps symbols of each in a full window
     */
    Pacing(int lanes, int steps) {
        this.lanes = lanes;
        wide = (long) lanes * steps > Piece.MAX_BYTES;
    }

    /**
     * Whether to wait: lanes are empty, text keeps arriving, and the wait is shorter than the last step was.
     *
     * @param accepted bytes that have arrived so far
     * @param ready streams that are ready
     */
    boolean shouldWait(long accepted, int ready) {
        boolean arriving = waitedMillis == 0 || accepted != acceptedAtLastWait;
        return wide && ready < lanes && arriving && waitedMillis < stepMillis;
    }

    /** Begins a wait; returns how long it is, ms. */
    long beginWait(long accepted) {
        acceptedAtLastWait = accepted;
        long millis = Math.max(1, stepMillis / WAITS_PER_STEP);
        waitedMillis += millis;
        return millis;
    }

    /** Takes note of a step that took so long. */
    void stepTaken(long nanos) {
        stepMillis = nanos / 1_000_000;
        waitedMillis = 0;
    }
}
