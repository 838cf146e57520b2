package io.babble.cli.bench;

import io.babble.embedded.EmbeddedFlink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.time.Deadline;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;

/** Takes checkpoints and keeps the statistics of all of them. Flink's own history has only the last ten. */
final class CheckpointRecorder {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);
    private static final long NO_CHECKPOINT = 0;

    private final EmbeddedFlink flink;
    private final JobID job;
    private final List<AbstractCheckpointStats> statistics = new ArrayList<>();

    CheckpointRecorder(EmbeddedFlink flink, JobID job) {
        this.flink = flink;
        this.job = job;
    }

    /** Takes a checkpoint and waits until it is complete. The job must not take checkpoints of its own. */
    void takeCheckpoint() {
        long previous = latestId();
        flink.checkpoint(job, TIMEOUT);
        awaitStatisticsAfter(previous);
        statistics.add(latest());
    }

    /** The statistics of all checkpoints so far, in ascending order of time. */
    List<AbstractCheckpointStats> statistics() {
        return List.copyOf(statistics);
    }

    /** Flink updates its statistics a moment after a checkpoint is complete. */
    private void awaitStatisticsAfter(long checkpoint) {
        Deadline deadline = Deadline.fromNow(TIMEOUT);
        while (latestId() == checkpoint) {
            if (deadline.isOverdue()) {
                throw new IllegalStateException("Flink has no statistics of a checkpoint after " + checkpoint);
            }
            try {
                TimeUnit.NANOSECONDS.sleep(POLL_INTERVAL.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while waiting for a checkpoint", e);
            }
        }
    }

    private long latestId() {
        AbstractCheckpointStats latest = latest();
        return latest == null ? NO_CHECKPOINT : latest.getCheckpointId();
    }

    private AbstractCheckpointStats latest() {
        return flink.checkpointStatistics(job).getHistory().getLatestCompletedCheckpoint();
    }
}
