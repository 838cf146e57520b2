package io.babble.job.operator;

import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.function.ThrowingRunnable;

/** An operator's wall clock and its timers. A timer's action runs in the task's thread; if it throws, the task fails. */
public final class Timers {
    private final ProcessingTimeService service;

    public Timers(ProcessingTimeService service) {
        this.service = service;
    }

    /** Processing time, ms since 1970. */
    public long now() {
        return service.getCurrentProcessingTime();
    }

    /** Runs {@code action} once, at this time or as soon as possible after it. */
    @SuppressWarnings("FutureReturnValueIgnored") // Flink fails the task where the action throws
    public void at(long time, ThrowingRunnable<Exception> action) {
        service.registerTimer(time, ignored -> action.run());
    }

    /** Runs {@code action} again and again, {@code millis} apart. */
    public void every(long millis, ThrowingRunnable<Exception> action) {
        at(now() + millis, () -> {
            action.run();
            every(millis, action);
        });
    }
}
