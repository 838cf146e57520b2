package io.babble.text;

/**
 * How large windows are. Few lanes and short windows learn more from each symbol, because the weights are updated more
 * often; many lanes and long windows learn more symbols per second. So windows are small while the learner keeps up;
 * when more than {@value #BACKLOG} bytes wait, a window doubles each time that the backlog doubles: first its lanes, as
 * far as streams are ready, then its steps.
 *
 * @param lanes N while the learner keeps up
 * @param steps T while the learner keeps up
 * @param mostLanes N at most
 * @param mostSteps T at most
 */
public record WindowSizes(int lanes, int steps, int mostLanes, int mostSteps) {
    static final int BACKLOG = 8192;

    /** Most lanes and steps of one window. */
    public record Size(int lanes, int steps) {}

    /** Of this size whatever waits. */
    public static WindowSizes fixed(int lanes, int steps) {
        return new WindowSizes(lanes, steps, lanes, steps);
    }

    /** The size while the learner keeps up. */
    public Size smallest() {
        return new Size(lanes, steps);
    }

    /**
     * The size of the next window.
     *
     * @param pending bytes of text that wait
     * @param ready streams that have a window of {@code steps} symbols
     */
    public Size at(long pending, int ready) {
        long growth = Long.highestOneBit(Math.max(1, pending / BACKLOG));
        long wider = Math.min(Math.min(lanes * growth, mostLanes), Math.max(lanes, ready));
        long left = growth * lanes / wider;
        long longer = steps;
        while (left > 1 && 2 * longer <= mostSteps) {
            longer *= 2;
            left /= 2;
        }
        return new Size((int) wider, (int) longer);
    }
}
