package io.babble.job;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.flink.util.clock.Clock;

/**
 * The clock of an operator in a harness. Relative time is the harness's processing time, which its timers follow, as
 * Flink's follow relative time; the time of day can be set.
 */
public final class TestClock extends Clock {
    private final LongSupplier processingTime;
    private long wallTimeAhead = 1_700_000_000_000L;

    public TestClock(LongSupplier processingTime) {
        this.processingTime = processingTime;
    }

    /** Sets the time of day so many milliseconds forward, or back if they are negative. */
    public void setForward(long millis) {
        wallTimeAhead += millis;
    }

    @Override
    public long absoluteTimeMillis() {
        return processingTime.getAsLong() + wallTimeAhead;
    }

    @Override
    public long relativeTimeMillis() {
        return processingTime.getAsLong();
    }

    @Override
    public long relativeTimeNanos() {
        return TimeUnit.MILLISECONDS.toNanos(relativeTimeMillis());
    }
}
