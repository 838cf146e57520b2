package io.babble.job.learn;

import io.babble.job.operator.BackgroundWork;
import io.babble.job.operator.Timers;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.text.Packer;
import io.babble.text.Packer.Plan;
import io.babble.text.WindowSizes;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Decides when the next training step is due, and takes it: when a window is full, when text has waited for the linger time, when the
 * state is full, and with replayed text while none arrives.
 */
final class StepSchedule {
    /** More than Flink buffers ahead of a barrier, and less text than a large window has. */
    private static final int MAX_PIECES_BETWEEN_STEPS = 256;

    private final Steps steps;
    private final Packer packer;
    private final OpenStreams streams;
    private final Timers timers;
    private final WindowSizes sizes;
    private final boolean deterministic;
    private final long lingerMillis;
    private final long maxPending;
    private final long maxStreams;
    private final boolean replaysWhenIdle;
    private final Pacing pacing;
    private final BackgroundWork background;
    private final IdleReplay idleReplay;
    private boolean lingerTimerSet;
    private boolean waitingForMore;

    /** The steps that are scheduled. */
    interface Steps {
        /** Takes a training step; returns its time, ns. */
        long learn(Plan plan) throws Exception;

        /** Takes a training step on replayed text; false if there is not enough. */
        boolean replay();

        /** Sends what is new; is called after some replay steps. */
        void sendToWriter() throws Exception;
    }

    StepSchedule(
            Settings settings,
            Packer packer,
            OpenStreams streams,
            Timers timers,
            MailboxExecutor mailbox,
            Steps steps) {
        this.steps = steps;
        this.packer = packer;
        this.streams = streams;
        this.timers = timers;
        sizes = settings.windowSizes();
        deterministic = settings.get(Options.DETERMINISTIC);
        lingerMillis = settings.get(Options.LINGER).toMillis();
        maxPending = settings.get(Options.PENDING_MAX);
        maxStreams = settings.get(Options.STREAMS_MAX);
        replaysWhenIdle = settings.get(Options.REPLAY_IDLE);
        pacing = new Pacing(sizes.lanes(), sizes.steps());
        background = new BackgroundWork(mailbox, "learn", this::learnInBackground, MAX_PIECES_BETWEEN_STEPS);
        idleReplay = new IdleReplay(timers, this::replayIfIdle, steps::sendToWriter);
    }

    /** Begins to take steps in the background. */
    void start() {
        background.request();
    }

    /** Takes note of a piece before it is read. */
    void pieceArrived() {
        background.recordArrived();
    }

    /** Takes the steps that must come before the next piece, and schedules others. */
    void textArrived() throws Exception {
        while (isFull() || (deterministic && packer.ready() >= sizes.lanes())) {
            learn(packer.nextReady(size()).or(() -> packer.nextWaiting(size())).orElseThrow());
        }
        schedule();
    }

    /** Text waits in the state, so that it does not wait ahead of a barrier; but only so much. */
    private boolean isFull() {
        boolean learnable = packer.waitingSince().isPresent();
        return learnable && (streams.pendingBytes() >= maxPending || streams.known() > 2 * maxStreams);
    }

    /** Makes sure that the next step is taken when it is due. */
    void schedule() {
        if (deterministic) {
            return;
        }
        if (due().isPresent()) {
            if (!waitingForMore) {
                background.request();
            }
            return;
        }
        OptionalLong waitingSince = packer.waitingSince();
        if (waitingSince.isPresent() && !lingerTimerSet) {
            lingerTimerSet = true;
            timers.after(waitingSince.getAsLong() + lingerMillis - timers.now(), () -> {
                lingerTimerSet = false;
                schedule();
            });
        }
        replayWhenIdle();
    }

    private Optional<Plan> due() {
        OptionalLong waitingSince = packer.waitingSince();
        boolean overdue = waitingSince.isPresent() && waitingSince.getAsLong() + lingerMillis <= timers.now();
        return overdue ? packer.nextWaiting(size()) : packer.nextReady(size());
    }

    private WindowSizes.Size size() {
        return sizes.at(streams.pendingBytes(), packer.ready());
    }

    private void learnInBackground() throws Exception {
        if (deterministic) {
            return;
        }
        Optional<Plan> plan = due();
        if (plan.isEmpty()) {
            replayWhenIdle();
        } else if (pacing.shouldWait(streams.acceptedBytes(), packer.ready())) {
            waitForMore();
        } else {
            learn(plan.get());
            schedule();
        }
    }

    private void waitForMore() {
        waitingForMore = true;
        timers.after(pacing.beginWait(streams.acceptedBytes()), () -> {
            waitingForMore = false;
            schedule();
        });
    }

    private void learn(Plan plan) throws Exception {
        pacing.stepTaken(steps.learn(plan));
    }

    private void replayWhenIdle() {
        if (replaysWhenIdle) {
            idleReplay.start();
        }
    }

    private boolean replayIfIdle() {
        return !background.isPaused() && due().isEmpty() && steps.replay();
    }

    /** Whether a window has grown, because text piles up. */
    boolean hasGrown(Plan plan) {
        return plan.streams().size() > sizes.lanes() || plan.steps() > sizes.steps();
    }

    /** Learns all text that waits. */
    void finish() throws Exception {
        for (Optional<Plan> rest = packer.nextWaiting(size()); rest.isPresent(); rest = packer.nextWaiting(size())) {
            learn(rest.get());
        }
    }

    /** As {@link BackgroundWork#pause}. */
    void pause(long checkpointId) {
        background.pause(checkpointId);
    }

    /** As {@link BackgroundWork#checkpointAborted}. */
    void checkpointAborted(long checkpointId) {
        background.checkpointAborted(checkpointId);
    }

    /** Runs {@code action} again and again, {@code millis} apart, but not while paused. */
    void every(long millis, ThrowingRunnable<Exception> action) {
        timers.every(millis, () -> {
            if (!background.isPaused()) {
                action.run();
            }
        });
    }
}
