package io.babble.job.internals;

import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.state.api.output.SnapshotUtils;
import org.apache.flink.state.api.output.TaggedOperatorSubtaskState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;

/** Snapshots of operators. */
public final class Snapshots {
    private Snapshots() {}

    /** Whether a snapshot is the savepoint that a job is stopped with. */
    public static boolean stopsJob(CheckpointOptions options) {
        return options.getCheckpointType() instanceof SavepointType savepoint && savepoint.isSynchronous();
    }

    /**
     * Takes the snapshot of an operator that writes a new savepoint.
     *
     * @param timestamp of the savepoint, ms since 1970
     */
    public static TaggedOperatorSubtaskState ofNewSavepoint(
            AbstractStreamOperator<TaggedOperatorSubtaskState> operator, long timestamp, Path savepoint)
            throws Exception {
        return SnapshotUtils.snapshot(
                0,
                operator,
                0,
                timestamp,
                CheckpointingMode.EXACTLY_ONCE,
                false,
                operator.getContainingTask().getConfiguration().getConfiguration(),
                savepoint);
    }
}
