package io.babble.job.learn;

import io.babble.job.source.Piece;

/**
 * Decides what comes before the next training step. Text is better off in the state than ahead of a barrier, and a wide window
 * is more text than comes at once.
 */
final class Pacing {
    private static final int MOST_PIECES_BETWEEN_STEPS = 256;
    private static final int WAITS_FOR_A_STEP = 20;

    private final int lanes;
    private final boolean wide;
    private long acceptedAtLastLook;
    private long acceptedAtLastWait;
    private int looks;
    private long waitedMillis;
    private long stepMillis;

    /** What to do now. */
    enum Next {
        TAKE_IN,
        WAIT,
        STEP
    }

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
     * As long as a piece came between two looks, a step gives way to the next one. While lanes are empty and text keeps coming, it
     * waits, at most as long as the last one took.
     *
     * @param accepted bytes that have come in so far
     * @param ready streams that are ready
     */
    Next next(long accepted, int ready) {
        boolean pieceCame = accepted != acceptedAtLastLook && looks < MOST_PIECES_BETWEEN_STEPS;
        acceptedAtLastLook = accepted;
        looks++;
        if (pieceCame) {
            return Next.TAKE_IN;
        }
        boolean coming = waitedMillis == 0 || accepted != acceptedAtLastWait;
        return wide && ready < lanes && coming && waitedMillis < stepMillis ? Next.WAIT : Next.STEP;
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
        looks = 0;
    }
}
