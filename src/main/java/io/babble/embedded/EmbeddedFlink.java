package io.babble.embedded;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionJobVertex;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * A Flink cluster of one JobManager and one TaskManager with its web UI on 127.0.0.1 and a Prometheus endpoint. Checkpoints and
 * savepoints lie in its folder; a job goes on from there when submitted with {@link #newestCheckpoint()}.
 */
public final class EmbeddedFlink implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(50);

    private final FolderLock lock;
    private final Checkpoints checkpoints;
    private final Configuration configuration;
    private final int prometheusPort;
    private final MiniCluster cluster;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedFlink(
            FolderLock lock,
            Checkpoints checkpoints,
            Configuration configuration,
            int prometheusPort,
            MiniCluster cluster) {
        this.lock = lock;
        this.checkpoints = checkpoints;
        this.configuration = configuration;
        this.prometheusPort = prometheusPort;
        this.cluster = cluster;
    }

    /**
     * Where the cluster lives.
     *
     * @param folder to keep the data in; made if need be
     * @param slots of the TaskManager: the highest parallelism
     * @param restPort of the web UI, 0 for a free one
     * @param prometheusPort of the metrics, 0 for a free one
     */
    public record Place(Path folder, int slots, int restPort, int prometheusPort) {}

    /**
     * Starts the cluster; it takes jobs when this returns.
     *
     * @param options of Flink, stronger than what is set here
     * @throws IllegalStateException when the folder is in use or a port taken
     */
    public static EmbeddedFlink start(Place place, Configuration options) {
        FolderLock lock = FolderLock.of(place.folder());
        try {
            Checkpoints checkpoints = new Checkpoints(place.folder().toAbsolutePath());
            checkpoints.tidy();
            // Flink finds a free one by itself; one found now may be taken when it gets there.
            int rest = place.restPort() == 0 ? 0 : Ports.free(place.restPort(), "Flink's web UI");
            int prometheus = Ports.free(place.prometheusPort(), "Flink's metrics");
            Configuration configuration = FlinkDefaults.embedded(checkpoints, scratch(checkpoints), rest, prometheus);
            configuration.addAll(options);
            MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                    .setConfiguration(configuration)
                    .setNumTaskManagers(1)
                    .setNumSlotsPerTaskManager(place.slots())
                    .build());
            cluster.start();
            configuration.set(RestOptions.PORT, cluster.getRestAddress().get().getPort());
            return new EmbeddedFlink(lock, checkpoints, configuration, prometheus, cluster);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        } catch (Exception e) {
            lock.close();
            throw failed("start Flink", e);
        }
    }

    /** What a job's environment and a client start from: where checkpoints go, that they stay, and the web UI's port. */
    public Configuration configuration() {
        return new Configuration(configuration);
    }

    public URI webUi() {
        return await(cluster.getRestAddress(), PATIENCE, "find Flink's web UI");
    }

    public int prometheusPort() {
        return prometheusPort;
    }

    /** The complete checkpoint or savepoint of this folder that was written last. */
    public Optional<Path> newestCheckpoint() {
        return checkpoints.newest();
    }

    /** Submits a job that starts from nothing. */
    public JobID submit(StreamGraph job) {
        return await(cluster.submitJob(job), PATIENCE, "submit the job").getJobID();
    }

    /**
     * Submits a job that goes on from a checkpoint or savepoint. The job owns it from then on and deletes it when it has a newer
     * one, so that the folder does not grow.
     */
    public JobID submit(StreamGraph job, Path from) {
        job.setSavepointRestoreSettings(
                SavepointRestoreSettings.forPath(from.toUri().toString(), false, RecoveryClaimMode.CLAIM));
        return submit(job);
    }

    /**
     * Waits until every task runs.
     *
     * @throws IllegalStateException when that takes too long or the job has ended, with the reason
     */
    public void awaitRunning(JobID job, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!running(job)) {
            if (status(job).isGloballyTerminalState()) {
                throw ended(job);
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The job does not run after " + patience.toSeconds() + " s");
            }
            pause();
        }
    }

    public JobStatus status(JobID job) {
        return await(cluster.getJobStatus(job), PATIENCE, "ask for the job's status");
    }

    /** Completes when the job has ended, however it ended. */
    public CompletableFuture<JobResult> result(JobID job) {
        return cluster.requestJobResult(job);
    }

    /** The job's tasks by their names. */
    public Map<String, JobVertexID> tasks(JobID job) {
        return graph(job).getAllVertices().values().stream()
                .collect(Collectors.toMap(AccessExecutionJobVertex::getName, AccessExecutionJobVertex::getJobVertexId));
    }

    /** How many checkpoints were triggered, completed, failed and restored, and how large the newest are. */
    public CheckpointStatsSnapshot checkpointStatistics(JobID job) {
        return graph(job).getCheckpointStatsSnapshot();
    }

    /**
     * A failure of a job.
     *
     * @param reason the root cause's message
     * @param at when, milliseconds since 1970
     */
    public record Failure(String reason, long at) {}

    /** The job's last failure, also when it runs again. */
    public Optional<Failure> lastFailure(JobID job) {
        return Optional.ofNullable(graph(job).getFailureInfo()).map(failure -> {
            Throwable error = failure.getException().deserializeError(EmbeddedFlink.class.getClassLoader());
            return new Failure(reason(error), failure.getTimestamp());
        });
    }

    /** Takes a checkpoint now and waits for it. */
    public void checkpoint(JobID job, Duration patience) {
        await(cluster.triggerCheckpoint(job), patience, "take a checkpoint");
    }

    /**
     * Stops the job with a savepoint, to be submitted again later.
     *
     * @return the savepoint
     * @throws IllegalStateException when there is no savepoint within the time; the job may go on then
     */
    public Path stopWithSavepoint(JobID job, Duration patience) {
        String savepoint = await(
                cluster.stopWithSavepoint(
                        job, checkpoints.savepoints().toUri().toString(), false, SavepointFormatType.CANONICAL),
                patience,
                "stop the job with a savepoint");
        await(result(job), patience, "wait for the job's end");
        return Path.of(URI.create(savepoint));
    }

    /** Ends the job and waits for its end. Its last checkpoint stays. */
    public void cancel(JobID job) {
        await(cluster.cancelJob(job), PATIENCE, "cancel the job");
        await(result(job), PATIENCE, "wait for the job's end");
    }

    /** Stops the cluster; jobs that still run end, their last checkpoints stay. Closing twice does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try (lock) {
                await(cluster.closeAsync(), PATIENCE, "stop Flink");
            }
        }
    }

    private static Path scratch(Checkpoints checkpoints) {
        Path scratch = checkpoints.folder().resolve("scratch");
        Checkpoints.delete(scratch);
        return scratch;
    }

    private boolean running(JobID job) {
        AccessExecutionGraph graph = graph(job);
        if (graph.getState() != JobStatus.RUNNING) {
            return false;
        }
        for (var vertex : graph.getAllExecutionVertices()) {
            ExecutionState state = vertex.getExecutionState();
            if (state != ExecutionState.RUNNING && state != ExecutionState.FINISHED) {
                return false;
            }
        }
        return true;
    }

    private AccessExecutionGraph graph(JobID job) {
        return await(cluster.getExecutionGraph(job), PATIENCE, "look at the job");
    }

    private IllegalStateException ended(JobID job) {
        JobResult result = await(result(job), PATIENCE, "wait for the job's end");
        Throwable cause = result.getSerializedThrowable()
                .map(error -> error.deserializeError(EmbeddedFlink.class.getClassLoader()))
                .orElseGet(() -> new IllegalStateException("it has ended already"));
        return failed("start the job", cause);
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("wait for the job", e);
        }
    }

    private static <T> T await(CompletableFuture<T> future, Duration patience, String what) {
        try {
            return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(what, e);
        } catch (ExecutionException e) {
            throw failed(what, e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("Cannot " + what + " within " + patience.toSeconds() + " s", e);
        }
    }

    private static IllegalStateException failed(String what, Throwable cause) {
        return new IllegalStateException("Cannot " + what + ": " + reason(cause), cause);
    }

    private static String reason(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }
}
