package io.babble.cli.bench;

import org.HdrHistogram.Histogram;

/** Measured times in nanoseconds, stored with a precision of {@value #SIGNIFICANT_DIGITS} digits. */
final class Times {
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);

    void add(long nanos) {
        histogram.recordValue(nanos);
    }

    int count() {
        return Math.toIntExact(histogram.getTotalCount());
    }

    /** The quantile in nanoseconds; 0.5 gives the median. */
    double quantile(double share) {
        return histogram.getValueAtPercentile(100 * share);
    }
}
