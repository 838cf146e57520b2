package io.babble.job.learn;

import java.util.function.BooleanSupplier;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Steps of replay while nothing comes to learn from, in slices. By timers, which end with the input: a mail that always brings the
 * next one would keep a task that is to stop.
 */
final class IdleReplay {
    private static final long SLICE_NANOS = 10_000_000;

    private final ProcessingTimeService timers;
    private final BooleanSupplier step;
    private final ThrowingRunnable<Exception> sliceDone;
    private boolean timerSet;

    /**
     * Replay that has not begun.
     *
     * @param step takes a step if there is nothing else to do and enough to replay; else false
     */
    IdleReplay(ProcessingTimeService timers, BooleanSupplier step, ThrowingRunnable<Exception> sliceDone) {
        this.timers = timers;
        this.step = step;
        this.sliceDone = sliceDone;
    }

    /** Goes on until a step cannot be taken; one call is enough. */
    @SuppressWarnings("FutureReturnValueIgnored") // Flink fails the task where the slice throws
    void request() {
        if (!timerSet) {
            timerSet = true;
            timers.registerTimer(timers.getCurrentProcessingTime() + 1, ignored -> {
                timerSet = false;
                slice();
            });
        }
    }

    private void slice() throws Exception {
        long begin = System.nanoTime();
        do {
            if (!step.getAsBoolean()) {
                return;
            }
        } while (System.nanoTime() - begin < SLICE_NANOS);
        sliceDone.run();
        request();
    }
}
