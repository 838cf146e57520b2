package io.babble.job.operator;

import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.util.clock.Clock;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * An operator's clock and its timers. A timer's action runs in the task's thread; if it throws, the task fails.
 *
 * <p>Intervals are measured with {@link #now}, which never jumps; {@link #wallTime} jumps when somebody sets the
 * machine's clock. Flink computes a timer's delay when it is registered, so that later jumps do not move it.
 */
public final class Timers {
    private final ProcessingTimeService service;
    private final Clock clock;

    public Timers(ProcessingTimeService service, Clock clock) {
        this.service = service;
        this.clock = clock;
    }

    /** Time for intervals, ms since an arbitrary moment; it may be negative. */
    public long now() {
        return clock.relativeTimeMillis();
    }

    /** The time of day, ms since 1970. */
    public long wallTime() {
        return clock.absoluteTimeMillis();
    }

    /** Runs {@code action} once, so many milliseconds from now, or as soon as possible if that is in the past. */
    @SuppressWarnings("FutureReturnValueIgnored") // Flink fails the task where the action throws
    public void after(long millis, ThrowingRunnable<Exception> action) {
        service.registerTimer(service.getCurrentProcessingTime() + millis, ignored -> action.run());
    }

    /** Runs {@code action} again and again, {@code millis} apart. */
    public void every(long millis, ThrowingRunnable<Exception> action) {
        after(millis, () -> {
            action.run();
            every(millis, action);
        });
    }
}
