package io.babble.cli.local;

import io.babble.embedded.EmbeddedFlink;
import io.babble.job.BabbleJob;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.model.ModelMismatchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.ExceptionUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the job on an embedded Flink. It resumes from the newest checkpoint in Flink's folder. */
public final class LocalJob implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalJob.class);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration SAVEPOINT_TIMEOUT = Duration.ofSeconds(20);

    private final EmbeddedFlink flink;
    private final JobID job;
    private final Path restoredFrom;
    private final Instant restoredCheckpointTime;
    private final CompletableFuture<JobResult> result;
    private long lastFailureTime;

    private LocalJob(EmbeddedFlink flink, JobID job, Path restoredFrom, Instant restoredCheckpointTime) {
        this.flink = flink;
        this.job = job;
        this.restoredFrom = restoredFrom;
        this.restoredCheckpointTime = restoredCheckpointTime;
        result = flink.result(job);
    }

    /**
     * Starts Flink and the job, and waits until it runs.
     *
     * @param flinkOptions override the embedded Flink's defaults
     * @param savepoint to start from, without claiming it; null for none
     * @throws IllegalStateException when the job does not start, or when there are both a savepoint and a checkpoint in
     *     the folder
     */
    public static LocalJob start(
            EmbeddedFlink.Place place, Settings settings, Configuration flinkOptions, Path savepoint) {
        EmbeddedFlink flink = EmbeddedFlink.start(place, flinkOptions);
        try {
            Path newest = flink.newestCheckpoint().orElse(null);
            if (savepoint != null && newest != null) {
                throw new IllegalStateException(
                        place.folder() + " has checkpoints of its own to resume from: omit --from,"
                                + " or choose another data folder with --data");
            }
            Path from = newest != null ? newest : savepoint;
            // Read before the start, because the job deletes a claimed checkpoint after its first own one.
            Instant checkpointTime = from == null ? null : writtenAt(from);
            return new LocalJob(flink, startJob(flink, settings, newest, savepoint), from, checkpointTime);
        } catch (RuntimeException e) {
            flink.close();
            throw e;
        }
    }

    private static Instant writtenAt(Path checkpoint) {
        try {
            return Files.getLastModifiedTime(checkpoint.resolve("_metadata")).toInstant();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "There is no savepoint in " + checkpoint + ": choose another one with --from", e);
        }
    }

    private static JobID startJob(EmbeddedFlink flink, Settings settings, Path newest, Path savepoint) {
        try {
            JobID job = submit(flink, graph(flink, settings), newest, savepoint);
            flink.awaitRunning(job, START_TIMEOUT);
            return job;
        } catch (IllegalStateException e) {
            boolean mismatch = ExceptionUtils.findThrowable(e, ModelMismatchException.class)
                    .isPresent();
            if (mismatch && newest != null) {
                throw new IllegalStateException(
                        e.getMessage() + "; the job was to resume from " + newest
                                + ": use the options of its last start, or choose another folder with --data",
                        e);
            }
            if (mismatch && savepoint != null) {
                throw new IllegalStateException(
                        e.getMessage() + "; the job was to start from " + savepoint
                                + ": use the options of its model (babble inspect shows them)",
                        e);
            }
            throw e;
        }
    }

    /** The number of task slots that the job needs. */
    public static int slots(Configuration flinkOptions) {
        return flinkOptions.getOptional(CoreOptions.DEFAULT_PARALLELISM).orElse(1);
    }

    private static StreamGraph graph(EmbeddedFlink flink, Settings settings) {
        Configuration configuration = flink.configuration();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(slots(configuration));
        BabbleJob.onKafka(env, settings);
        StreamGraph graph = env.getStreamGraph();
        graph.setJobName(settings.get(Options.NAME));
        return graph;
    }

    private static JobID submit(EmbeddedFlink flink, StreamGraph graph, Path newest, Path savepoint) {
        if (newest != null) {
            // So that the folder does not grow.
            return flink.submit(graph, newest, RecoveryClaimMode.CLAIM);
        }
        return savepoint == null ? flink.submit(graph) : flink.submit(graph, savepoint, RecoveryClaimMode.NO_CLAIM);
    }

    /** The checkpoint or savepoint that the job resumed from; empty if it started with an untrained model. */
    public Optional<Path> restoredFrom() {
        return Optional.ofNullable(restoredFrom);
    }

    /** When the checkpoint or savepoint that the job resumed from was written. */
    Optional<Instant> restoredCheckpointTime() {
        return Optional.ofNullable(restoredCheckpointTime);
    }

    Duration checkpointInterval() {
        return flink.configuration().get(CheckpointingOptions.CHECKPOINTING_INTERVAL);
    }

    public String webUi() {
        return flink.webUi().toString();
    }

    public String metrics() {
        return "http://127.0.0.1:" + flink.prometheusPort() + "/metrics";
    }

    /** Number of checkpoints completed since the start. */
    public long completedCheckpoints() {
        return flink.checkpointStatistics(job).getCounts().getNumberOfCompletedCheckpoints();
    }

    /**
     * Reports a failure since the last call, after which the job restarts.
     *
     * @throws IllegalStateException when the job has ended, with the reason
     */
    public Optional<String> check() {
        Optional<EmbeddedFlink.Failure> last = flink.lastFailure(job);
        if (result.isDone()) {
            throw new IllegalStateException("The job has ended: "
                    + last.map(EmbeddedFlink.Failure::reason).orElse("it was cancelled or stopped by another client"));
        }
        Optional<String> message = last.filter(failure -> failure.at() > lastFailureTime)
                .map(failure -> "The job restarts after a failure: " + failure.reason());
        lastFailureTime = last.map(EmbeddedFlink.Failure::at).orElse(lastFailureTime);
        return message;
    }

    /**
     * Stops the job with a savepoint.
     *
     * @return the savepoint; empty if it failed, and the next start resumes from the last checkpoint
     */
    public Optional<Path> stop() {
        if (result.isDone()) {
            return Optional.empty();
        }
        try {
            return Optional.of(flink.stopWithSavepoint(job, SAVEPOINT_TIMEOUT));
        } catch (IllegalStateException e) {
            LOG.warn("Cannot take a savepoint. The next start resumes from the last checkpoint", e);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        flink.close();
    }
}
