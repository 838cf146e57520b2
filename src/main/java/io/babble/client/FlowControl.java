package io.babble.client;

import io.babble.records.Report;
import java.time.Duration;

/**
 * Limits how many bytes a publisher may be ahead of the learner: as many as are learned in a little more than the time
 * between two reports. A lower limit would leave the learner idle; a higher one would only increase the lag. One thread
 * sends, another one receives reports.
 */
public final class FlowControl {
    /** Factor by which the assumed speed falls per report when the learner gets slower, which may be by chance. */
    private static final double DECAY = 0.8;

    private static final Duration SLACK = Duration.ofSeconds(1);

    private final long minLimit;
    private final double horizonSeconds;
    private double symbolsPerSecond;
    private long pending;
    private long sent;

    /**
     * Starts with the minimum.
     *
     * @param minLimit minimum of the limit, bytes
     * @param reportInterval time between two reports
     */
    public FlowControl(long minLimit, Duration reportInterval) {
        this.minLimit = minLimit;
        horizonSeconds = reportInterval.plus(SLACK).toMillis() / 1e3;
    }

    /** Updates the limit and the number of bytes that the learner has not learned yet. */
    public synchronized void onReport(Report report) {
        pending = report.pending();
        sent = 0;
        double current = Double.isFinite(report.symbolsPerSecond()) ? report.symbolsPerSecond() : 0;
        symbolsPerSecond = Math.max(current, DECAY * symbolsPerSecond);
        notifyAll();
    }

    /** Counts bytes that were sent. */
    synchronized void onSent(int bytes) {
        sent += bytes;
    }

    /** Blocks while the limit is reached. */
    synchronized void awaitCapacity() throws InterruptedException {
        while (pending + sent >= Math.max(minLimit, (long) (symbolsPerSecond * horizonSeconds))) {
            wait();
        }
    }
}
