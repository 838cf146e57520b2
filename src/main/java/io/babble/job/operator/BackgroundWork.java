package io.babble.job.operator;

import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Work that an operator does between records, in slices: each slice is a mail, so that records, barriers and timers take their
 * turns in between. As long as records come a slice gives way to them: ahead of a barrier they would hold that up, and each of them
 * a slice longer.
 */
public final class BackgroundWork {
    private final MailboxExecutor mailbox;
    private final ThrowingRunnable<Exception> slice;
    private final String name;
    private final int mostRecordsBetweenSlices;
    private boolean requested;
    private boolean paused;
    private long pausedBy;
    private int recordsSinceSlice;
    private int recordsAtLastLook;

    /** Work whose slices give way to no records. */
    public BackgroundWork(MailboxExecutor mailbox, String name, ThrowingRunnable<Exception> slice) {
        this(mailbox, name, slice, 0);
    }

    /** @param mostRecordsBetweenSlices that slices give way to: more than Flink keeps ahead of a barrier */
    public BackgroundWork(
            MailboxExecutor mailbox, String name, ThrowingRunnable<Exception> slice, int mostRecordsBetweenSlices) {
        this.mailbox = mailbox;
        this.name = name;
        this.slice = slice;
        this.mostRecordsBetweenSlices = mostRecordsBetweenSlices;
    }

    /** Asks for one more slice; one that is already asked for is enough. */
    public void request() {
        if (!requested && !paused) {
            requested = true;
            mailbox.execute(this::run, name);
        }
    }

    /** To be called for each record that slices give way to. */
    public void recordCame() {
        recordsSinceSlice++;
    }

    /** Takes no more slices: behind the snapshot that a job stops with, everything would be done twice. */
    public void pause(long checkpointId) {
        paused = true;
        pausedBy = checkpointId;
    }

    /** Goes on if that snapshot came to nothing; one that began earlier and came to nothing says nothing of the stop. */
    public void aborted(long checkpointId) {
        if (paused && checkpointId == pausedBy) {
            paused = false;
            request();
        }
    }

    public boolean isPaused() {
        return paused;
    }

    /** Whether a snapshot is the one that a job stops with. */
    public static boolean endsWith(CheckpointOptions options) {
        return options.getCheckpointType() instanceof SavepointType savepoint && savepoint.isSynchronous();
    }

    private void run() throws Exception {
        requested = false;
        if (paused) {
            return;
        }
        boolean recordCame = recordsSinceSlice != recordsAtLastLook && recordsSinceSlice < mostRecordsBetweenSlices;
        recordsAtLastLook = recordsSinceSlice;
        if (recordCame) {
            request(); // the task takes in one record between two mails
        } else {
            recordsSinceSlice = 0;
            recordsAtLastLook = 0;
            slice.run();
        }
    }
}
