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
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.ExceptionUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The job on a Flink of its own, which goes on from the newest checkpoint in its folder. */
public final class LocalJob implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalJob.class);
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration SAVEPOINT = Duration.ofSeconds(20);

    private final EmbeddedFlink flink;
    private final JobID job;
    private final Path from;
    private final Instant fromTime;
    private final CompletableFuture<JobResult> result;
    private long knownFailure;

    private LocalJob(EmbeddedFlink flink, JobID job, Path from, Instant fromTime) {
        this.flink = flink;
        this.job = job;
        this.from = from;
        this.fromTime = fromTime;
        result = flink.result(job);
    }

    /**
     * Starts Flink and the job, and waits until it runs.
     *
     * @param flinkOptions stronger than what the embedded Flink is set up with
     * @param savepoint to begin with and to leave as it is; null for none
     * @throws IllegalStateException when it does not start, or when a savepoint is given and the folder has a checkpoint
     */
    public static LocalJob start(
            EmbeddedFlink.Place place, Settings settings, Configuration flinkOptions, Path savepoint) {
        EmbeddedFlink flink = EmbeddedFlink.start(place, flinkOptions);
        try {
            Path newest = flink.newestCheckpoint().orElse(null);
            if (savepoint != null && newest != null) {
                throw new IllegalStateException(
                        place.folder() + " has checkpoints of its own to go on from: leave --from"
                                + " out, or choose another data folder with --data");
            }
            Path from = newest != null ? newest : savepoint;
            // Asked now: the job deletes what it has claimed as soon as it has a checkpoint of its own.
            Instant fromTime = from == null ? null : writtenAt(from);
            return new LocalJob(flink, running(flink, settings, newest, savepoint), from, fromTime);
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
                    "There is no savepoint in " + checkpoint + ": name another one with --from", e);
        }
    }

    private static JobID running(EmbeddedFlink flink, Settings settings, Path newest, Path savepoint) {
        try {
            JobID job = submit(flink, graph(flink, settings), newest, savepoint);
            flink.awaitRunning(job, START);
            return job;
        } catch (IllegalStateException e) {
            boolean misfit = ExceptionUtils.findThrowable(e, ModelMismatchException.class)
                    .isPresent();
            if (misfit && newest != null) {
                throw new IllegalStateException(
                        e.getMessage() + "; it was to go on from " + newest
                                + ": call it with the options of then, or choose another folder with --data",
                        e);
            }
            if (misfit && savepoint != null) {
                throw new IllegalStateException(
                        e.getMessage() + "; it was to begin with " + savepoint
                                + ": call it with the options of its model (babble inspect shows it)",
                        e);
            }
            throw e;
        }
    }

    /** Slots that the job needs with these options. */
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
            return flink.submit(graph, newest);
        }
        if (savepoint != null) {
            graph.setSavepointRestoreSettings(
                    SavepointRestoreSettings.forPath(savepoint.toUri().toString(), false, RecoveryClaimMode.NO_CLAIM));
        }
        return flink.submit(graph);
    }

    /** The checkpoint or savepoint that it goes on from; empty when it has started anew. */
    public Optional<Path> from() {
        return Optional.ofNullable(from);
    }

    /** When that was written. */
    Optional<Instant> fromTime() {
        return Optional.ofNullable(fromTime);
    }

    /** Time between two checkpoints. */
    Duration checkpointInterval() {
        return flink.configuration().get(CheckpointingOptions.CHECKPOINTING_INTERVAL);
    }

    public String webUi() {
        return flink.webUi().toString();
    }

    public String metrics() {
        return "http://127.0.0.1:" + flink.prometheusPort() + "/metrics";
    }

    /** Completed ones, since this start. */
    public long checkpoints() {
        return flink.checkpointStatistics(job).getCounts().getNumberOfCompletedCheckpoints();
    }

    /**
     * Why the job has failed since the last call, though it runs again.
     *
     * @throws IllegalStateException when the job has ended
     */
    public Optional<String> check() {
        Optional<EmbeddedFlink.Failure> last = flink.lastFailure(job);
        if (result.isDone()) {
            throw new IllegalStateException("The job has ended: "
                    + last.map(EmbeddedFlink.Failure::reason).orElse("somebody has stopped it"));
        }
        Optional<String> news = last.filter(failure -> failure.at() > knownFailure)
                .map(failure -> "The job starts again after a failure: " + failure.reason());
        knownFailure = last.map(EmbeddedFlink.Failure::at).orElse(knownFailure);
        return news;
    }

    /**
     * Stops the job with a savepoint.
     *
     * @return the savepoint; empty when none could be taken, and the job will go on from its last checkpoint
     */
    public Optional<Path> stop() {
        if (result.isDone()) {
            return Optional.empty();
        }
        try {
            return Optional.of(flink.stopWithSavepoint(job, SAVEPOINT));
        } catch (IllegalStateException e) {
            LOG.warn("The job goes on from its last checkpoint", e);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        flink.close();
    }
}
