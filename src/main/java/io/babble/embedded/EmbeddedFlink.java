package io.babble.embedded;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
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
import org.apache.flink.api.common.time.Deadline;
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
 * A Flink cluster of one JobManager and one TaskManager, with its web UI on 127.0.0.1 and a Prometheus endpoint. Its
 * folder has the checkpoints and savepoints; a job resumes from them when it is submitted with
 * {@link #newestCheckpoint()}.
 */
public final class EmbeddedFlink implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    private final FolderLock lock;
    private final Checkpoints checkpoints;
    private final Configuration configuration;
    private final int prometheusPort;
    /** Visible to tests that end its TaskManager. */
    final MiniCluster cluster;

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
     * Folder, size and ports of a cluster.
     *
     * @param folder for the data; created if it does not exist
     * @param slots of the TaskManager: the maximum parallelism
     * @param restPort of the web UI, 0 for any free one
     * @param prometheusPort of the metrics, 0 for any free one
     */
    public record Place(Path folder, int slots, int restPort, int prometheusPort) {}

    /**
     * Starts the cluster. It accepts jobs when this returns.
     *
     * @param options of Flink that override the defaults
     * @throws IllegalStateException when the folder or a port is in use
     */
    public static EmbeddedFlink start(Place place, Configuration options) {
        FolderLock lock = FolderLock.acquireWhole(place.folder());
        try {
            Checkpoints checkpoints = new Checkpoints(place.folder().toAbsolutePath());
            checkpoints.deleteAllButNewest();
            // Flink chooses a free port itself; a port chosen here may be in use when Flink binds it.
            int rest = place.restPort() == 0 ? 0 : Ports.free(place.restPort(), "Flink's web UI");
            int prometheus = Ports.free(place.prometheusPort(), "Flink's metrics");
            Configuration configuration =
                    FlinkDefaults.embedded(checkpoints, emptyTemporaryFolder(checkpoints), rest, prometheus);
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

    /** The configuration for job environments and clients: checkpoint folders and retention, and the web UI's port. */
    public Configuration configuration() {
        return new Configuration(configuration);
    }

    public URI webUi() {
        return await(cluster.getRestAddress(), TIMEOUT, "find Flink's web UI");
    }

    public int prometheusPort() {
        return prometheusPort;
    }

    /** The latest complete checkpoint or savepoint in this folder. */
    public Optional<Path> newestCheckpoint() {
        return checkpoints.newest();
    }

    /** Submits a job. It starts without state unless the graph has restore settings. */
    public JobID submit(StreamGraph job) {
        return await(cluster.submitJob(job), TIMEOUT, "submit the job").getJobID();
    }

    /**
     * Submits a job that resumes from a checkpoint or savepoint.
     *
     * @param claim whose the snapshot is then: a job that claims it deletes it after its first own checkpoint
     */
    public JobID submit(StreamGraph job, Path snapshot, RecoveryClaimMode claim) {
        job.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(FlinkPaths.of(snapshot), false, claim));
        return submit(job);
    }

    /**
     * Waits until all tasks run.
     *
     * @throws IllegalStateException after the timeout, or when the job has ended, with the reason
     */
    public void awaitRunning(JobID job, Duration timeout) {
        Deadline deadline = Deadline.fromNow(timeout);
        while (!isRunning(job)) {
            if (status(job).isGloballyTerminalState()) {
                throw failedToStart(job);
            }
            if (deadline.isOverdue()) {
                throw new IllegalStateException("The job is not running after " + timeout.toSeconds() + " s");
            }
            pause();
        }
    }

    public JobStatus status(JobID job) {
        return await(cluster.getJobStatus(job), TIMEOUT, "get the job's status");
    }

    /** Completes when the job has reached a terminal state of any kind. */
    public CompletableFuture<JobResult> result(JobID job) {
        return cluster.requestJobResult(job);
    }

    /** The job's tasks by their names. */
    public Map<String, JobVertexID> tasks(JobID job) {
        return graph(job).getAllVertices().values().stream()
                .collect(Collectors.toMap(AccessExecutionJobVertex::getName, AccessExecutionJobVertex::getJobVertexId));
    }

    /** Counts of the job's checkpoints, and details of the last ten. */
    public CheckpointStatsSnapshot checkpointStatistics(JobID job) {
        return graph(job).getCheckpointStatsSnapshot();
    }

    /**
     * A failure of a job.
     *
     * @param reason message of the root cause
     * @param at milliseconds since 1970
     */
    public record Failure(String reason, long at) {}

    /** The job's last failure, also when the job has restarted since. */
    public Optional<Failure> lastFailure(JobID job) {
        return Optional.ofNullable(graph(job).getFailureInfo()).map(failure -> {
            Throwable error = failure.getException().deserializeError(EmbeddedFlink.class.getClassLoader());
            return new Failure(reason(error), failure.getTimestamp());
        });
    }

    /** Triggers a checkpoint and waits until it is complete. */
    public void checkpoint(JobID job, Duration timeout) {
        await(cluster.triggerCheckpoint(job), timeout, "take a checkpoint");
    }

    /**
     * Stops the job with a savepoint.
     *
     * @return the savepoint
     * @throws IllegalStateException when there is no savepoint within the timeout; the job may keep running then
     */
    public Path stopWithSavepoint(JobID job, Duration timeout) {
        String savepoint = await(
                cluster.stopWithSavepoint(
                        job, FlinkPaths.of(checkpoints.savepoints()), false, SavepointFormatType.CANONICAL),
                timeout,
                "stop the job with a savepoint");
        await(result(job), timeout, "wait for the job's end");
        return FlinkPaths.local(savepoint);
    }

    /** Cancels the job and waits for its end. Its last checkpoint is retained. */
    public void cancel(JobID job) {
        await(cluster.cancelJob(job), TIMEOUT, "cancel the job");
        await(result(job), TIMEOUT, "wait for the job's end");
    }

    /**
     * Shuts the cluster down. Running jobs end; their last checkpoints are retained. Does nothing if it is closed
     * already.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try (lock) {
                await(cluster.closeAsync(), TIMEOUT, "stop Flink");
            }
        }
    }

    /** In the cluster's folder, where the next start deletes what a killed process has left. */
    private static Path emptyTemporaryFolder(Checkpoints checkpoints) throws IOException {
        Path temporary = checkpoints.folder().resolve("scratch");
        Checkpoints.delete(temporary);
        return isListToFlink(temporary) ? Files.createTempDirectory("babble") : temporary;
    }

    /** Flink takes a list of temporary folders, whose separators cannot be escaped. */
    private static boolean isListToFlink(Path folder) {
        return folder.toString().contains(",") || folder.toString().contains(File.pathSeparator);
    }

    private boolean isRunning(JobID job) {
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
        return await(cluster.getExecutionGraph(job), TIMEOUT, "get the execution graph");
    }

    private IllegalStateException failedToStart(JobID job) {
        JobResult result = await(result(job), TIMEOUT, "wait for the job's end");
        Throwable cause = result.getSerializedThrowable()
                .map(error -> error.deserializeError(EmbeddedFlink.class.getClassLoader()))
                .orElseGet(() -> new IllegalStateException("it has ended already"));
        return failed("start the job", cause);
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(POLL_INTERVAL.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("wait for the job", e);
        }
    }

    private static <T> T await(CompletableFuture<T> future, Duration timeout, String action) {
        try {
            return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(action, e);
        } catch (ExecutionException e) {
            throw failed(action, e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("Cannot " + action + " within " + timeout.toSeconds() + " s", e);
        }
    }

    private static IllegalStateException failed(String action, Throwable cause) {
        return new IllegalStateException("Cannot " + action + ": " + reason(cause), cause);
    }

    private static String reason(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }
}
