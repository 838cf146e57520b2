package io.babble.job;

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
    /** More than Flink keeps ahead of a barrier; not so many that the work waits for long. */
    private static final int MOST_RECORDS_BETWEEN_SLICES = 1024;

    private final MailboxExecutor mailbox;
    private final ThrowingRunnable<Exception> slice;
    private final String name;
    private boolean requested;
    private boolean paused;
    private long pausedBy;
    private int recordsSinceSlice;
    private int recordsAtLastLook;

    public BackgroundWork(MailboxExecutor mailbox, String name, ThrowingRunnable<Exception> slice) {
        this.mailbox = mailbox;
        this.name = name;
        this.slice = slice;
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
        boolean recordCame = recordsSinceSlice != recordsAtLastLook && recordsSinceSlice < MOST_RECORDS_BETWEEN_SLICES;
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
