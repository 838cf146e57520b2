package io.babble.job.learn;

import io.babble.job.operator.Timers;
import java.util.function.BooleanSupplier;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Replay steps in slices while no new text arrives. Timers start the slices, because they end with the input: a mail
 * that always sends the next one would keep a task from finishing.
 */
final class IdleReplay {
    private static final long SLICE_NANOS = 10_000_000;

    private final Timers timers;
    private final BooleanSupplier step;
    private final ThrowingRunnable<Exception> afterSlice;
    private boolean timerSet;

    /**
     * Replay that has not begun.
     *
     * @param step takes a step, or returns false if there is something else to do or not enough to replay
     */
    IdleReplay(Timers timers, BooleanSupplier step, ThrowingRunnable<Exception> afterSlice) {
        this.timers = timers;
        this.step = step;
        this.afterSlice = afterSlice;
    }

    /** Runs slices until a step is refused. Further calls meanwhile have no effect. */
    void start() {
        if (!timerSet) {
            timerSet = true;
            timers.after(1, () -> {
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
        afterSlice.run();
        start();
    }
}
