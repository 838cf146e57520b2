package io.babble.client;

import io.babble.records.Report;
import java.time.Duration;

/**
 * How much text a publisher may be ahead of the learner: what is learned in a little more than the time between two reports. Less
 * would leave the learner waiting, more would only lie on the topic and grow old. Sending and reporting are different threads'.
 */
public final class Lead {
    /** How fast the allowance falls when a report is slower than the one before, which may be by chance. */
    private static final double FORGET = 0.8;

    private static final Duration SLACK = Duration.ofSeconds(1);

    private final long least;
    private final double horizonSeconds;
    private double symbolsPerSecond;
    private long pending;
    private long sent;

    /**
     * Begins with the least allowance.
     *
     * @param least bytes, so that the streams fill some windows
     * @param reportsEvery time between two reports
     */
    public Lead(long least, Duration reportsEvery) {
        this.least = least;
        horizonSeconds = reportsEvery.plus(SLACK).toMillis() / 1e3;
    }

    /** Takes note of what is pending now. */
    public synchronized void reported(Report report) {
        pending = report.pending();
        sent = 0;
        double now = Double.isFinite(report.symbolsPerSecond()) ? report.symbolsPerSecond() : 0;
        symbolsPerSecond = Math.max(now, FORGET * symbolsPerSecond);
        notifyAll();
    }

    /** Takes note of what was sent. */
    synchronized void sent(int bytes) {
        sent += bytes;
    }

    /** Waits until more may be sent. */
    synchronized void await() throws InterruptedException {
        while (pending + sent >= Math.max(least, (long) (symbolsPerSecond * horizonSeconds))) {
            wait();
        }
    }
}
