package io.babble.cli.bench;

import io.babble.job.learn.LearnOperator;
import io.babble.job.write.WriteOperator;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.SubtaskStateStats;
import org.apache.flink.runtime.jobgraph.JobVertexID;

/**
 * Evaluates checkpoint statistics of the job's tasks.
 *
 * @param tasks ids by name
 */
record CheckpointTimes(Map<String, JobVertexID> tasks) {
    static long max(List<AbstractCheckpointStats> checkpoints, ToLongFunction<AbstractCheckpointStats> millis) {
        return checkpoints.stream().mapToLong(millis).max().orElseThrow();
    }

    /** Milliseconds that a checkpoint paused the learner. */
    long learnerPause(AbstractCheckpointStats checkpoint) {
        return subtasks(checkpoint, LearnOperator.UID)
                .mapToLong(SubtaskStateStats::getSyncCheckpointDuration)
                .max()
                .orElseThrow();
    }

    /** Milliseconds from when learner and prompts source forwarded the barrier until the writer had received both. */
    long barrierThroughWriter(AbstractCheckpointStats checkpoint) {
        return aligned(checkpoint, WriteOperator.UID)
                - Math.max(aligned(checkpoint, LearnOperator.UID), aligned(checkpoint, "Source: prompts"));
    }

    /** Milliseconds from the trigger until the task had received the last barrier. */
    private long aligned(AbstractCheckpointStats checkpoint, String task) {
        return subtasks(checkpoint, task)
                .mapToLong(subtask ->
                        Math.max(0, subtask.getCheckpointStartDelay()) + Math.max(0, subtask.getAlignmentDuration()))
                .max()
                .orElseThrow();
    }

    private Stream<SubtaskStateStats> subtasks(AbstractCheckpointStats checkpoint, String task) {
        JobVertexID id = tasks.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(task))
                .findFirst()
                .orElseThrow()
                .getValue();
        return Arrays.stream(checkpoint.getTaskStateStats(id).getSubtaskStats());
    }
}
