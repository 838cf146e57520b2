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
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.execution.CancelTaskException;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Decides when the next training step is due, and takes it: when a window is full, when text has waited for the linger
 * time, when the state is full, and with replayed text while none arrives.
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

    // Before the current piece.
    private boolean backlog;
    private long acceptedBefore;
    private long pendingBefore;
    private long streamsBefore;

    /** The steps that are scheduled. */
    interface Steps {
        /** Takes a training step; returns its time, ns. */
        long learn(Plan plan) throws Exception;

        /** Takes a training step on so many symbols of each lane of replayed text; false if there is not enough. */
        boolean replay(int symbols);

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
        replaysWhenIdle = settings.get(Options.REPLAY_IDLE) && settings.get(Options.LEARNING);
        pacing = new Pacing(sizes.lanes(), sizes.steps());
        background = new BackgroundWork(mailbox, "learn", this::learnInBackground, MAX_PIECES_BETWEEN_STEPS);
        idleReplay = new IdleReplay(timers, this::replayIfIdle, steps::sendToWriter);
    }

    /** Begins to take steps in the background. */
    void start() {
        background.request();
    }

    /**
     * Takes note of a piece before it is read.
     *
     * @param accepted bytes of text before it, since the beginning
     */
    void pieceArrived(long accepted) {
        background.recordArrived();
        backlog = isFull() || hasFullWindow();
        acceptedBefore = accepted;
        pendingBefore = streams.pendingBytes();
        streamsBefore = streams.known();
    }

    /**
     * Takes the steps that must come before the next piece, and schedules others. A restart with smaller limits may
     * have left a backlog, and a barrier behind the piece must not wait until all of it is learned: the piece takes
     * only the steps that make room for itself, and the rest is learned in the background.
     *
     * @param accepted bytes of text with this piece, since the beginning
     */
    void textArrived(long accepted) throws Exception {
        if (backlog && deterministic) {
            learnBacklog(backlogSteps(accepted) - backlogSteps(acceptedBefore));
        } else {
            while (isFull(Math.max(maxPending, pendingBefore + 1), Math.max(2 * maxStreams, streamsBefore))
                    || hasFullWindow()) {
                learn(nextOfBacklog());
            }
        }
        schedule();
    }

    /** Deterministic steps depend on nothing but pieces and state: each piece pays for twice its own text. */
    private long backlogSteps(long accepted) {
        return 2 * accepted / ((long) sizes.lanes() * sizes.steps());
    }

    private void learnBacklog(long most) throws Exception {
        for (long step = 0; step < most && (isFull() || hasFullWindow()); step++) {
            learn(nextOfBacklog());
        }
    }

    private Plan nextOfBacklog() {
        return packer.nextReady(size()).or(() -> packer.nextWaiting(size())).orElseThrow();
    }

    private boolean hasFullWindow() {
        return deterministic && packer.ready() >= sizes.lanes();
    }

    /** Text waits in the state, so that it does not wait ahead of a barrier; but only so much. */
    private boolean isFull() {
        return isFull(maxPending, 2 * maxStreams);
    }

    private boolean isFull(long pending, long known) {
        boolean full = streams.pendingBytes() >= pending || streams.known() > known;
        return full && hasText();
    }

    /** Whether there is text that a step could learn. */
    boolean hasText() {
        return packer.waitingSince().isPresent();
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
        if (overdue) {
            return packer.nextWaiting(size());
        }
        return isFull() ? Optional.of(nextOfBacklog()) : packer.nextReady(size());
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
        return !background.isPaused() && due().isEmpty() && steps.replay(sizes.steps());
    }

    /** Whether a window has grown, because text piles up. */
    boolean hasGrown(Plan plan) {
        return plan.streams().size() > sizes.lanes() || plan.steps() > sizes.steps();
    }

    /**
     * Learns all text that waits.
     *
     * @param cancelled whether the task is cancelled, which must not wait for the rest
     */
    void finish(BooleanSupplier cancelled) throws Exception {
        for (Optional<Plan> rest = packer.nextWaiting(size()); rest.isPresent(); rest = packer.nextWaiting(size())) {
            if (cancelled.getAsBoolean()) {
                throw new CancelTaskException("Cancelled before all text was learned");
            }
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
