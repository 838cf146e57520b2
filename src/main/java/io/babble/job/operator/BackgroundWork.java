package io.babble.job.operator;

import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Work that an operator does between records, in slices. Each slice is a mail, so that records, checkpoint barriers and
 * timers get their turn in between. A slice is put off while records keep coming: a barrier behind them would otherwise
 * wait for one slice per record.
 */
public final class BackgroundWork {
    private final MailboxExecutor mailbox;
    private final ThrowingRunnable<Exception> slice;
    private final String name;
    private final int maxRecordsBetweenSlices;
    private boolean requested;
    private boolean paused;
    private long pausedBy;
    private int recordsSinceSlice;
    private int recordsAtLastMail;

    /** Work whose slices are never put off. */
    public BackgroundWork(MailboxExecutor mailbox, String name, ThrowingRunnable<Exception> slice) {
        this(mailbox, name, slice, 0);
    }

    /**
     * Work whose slices are put off while records come.
     *
     * @param maxRecordsBetweenSlices then a slice runs although records come: more than Flink buffers ahead of a
     *     barrier
     */
    public BackgroundWork(
            MailboxExecutor mailbox, String name, ThrowingRunnable<Exception> slice, int maxRecordsBetweenSlices) {
        this.mailbox = mailbox;
        this.name = name;
        this.slice = slice;
        this.maxRecordsBetweenSlices = maxRecordsBetweenSlices;
    }

    /** Requests one more slice, unless one is requested already. */
    public void request() {
        if (!requested && !paused) {
            requested = true;
            mailbox.execute(this::run, name);
        }
    }

    /** Takes note of a record, for which a slice is put off. */
    public void recordArrived() {
        recordsSinceSlice++;
    }

    /** Runs no more slices: after the savepoint that a job is stopped with, their work would be done twice. */
    public void pause(long checkpointId) {
        paused = true;
        pausedBy = checkpointId;
    }

    /** Resumes if that savepoint was aborted; another checkpoint that was aborted says nothing about the stop. */
    public void checkpointAborted(long checkpointId) {
        if (paused && checkpointId == pausedBy) {
            paused = false;
            request();
        }
    }

    public boolean isPaused() {
        return paused;
    }

    private void run() throws Exception {
        requested = false;
        if (paused) {
            return;
        }
        boolean recordArrived = recordsSinceSlice != recordsAtLastMail && recordsSinceSlice < maxRecordsBetweenSlices;
        recordsAtLastMail = recordsSinceSlice;
        if (recordArrived) {
            request(); // the task processes one record between two mails
        } else {
            recordsSinceSlice = 0;
            recordsAtLastMail = 0;
            slice.run();
        }
    }
}
