package io.babble.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.babble.embedded.FlinkPaths;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsStatus;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.rest.messages.EmptyMessageParameters;
import org.apache.flink.runtime.rest.messages.EmptyRequestBody;
import org.apache.flink.runtime.rest.messages.JobMessageParameters;
import org.apache.flink.runtime.rest.messages.JobVertexDetailsHeaders;
import org.apache.flink.runtime.rest.messages.JobVertexMessageParameters;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointStatistics;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointStatistics.CompletedCheckpointStatistics;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointingStatistics;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointingStatisticsHeaders;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo;
import org.apache.flink.runtime.rest.messages.taskmanager.TaskManagersHeaders;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;

/** The jobs of a cluster, as one of Flink's clients sees and controls them. */
final class Jobs implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Configuration configuration;
    private final String savepoints;
    private final RestClusterClient<String> client;

    /**
     * Connects.
     *
     * @param cluster the cluster's own configuration
     * @param savepoints folder for them
     */
    Jobs(Configuration cluster, Path savepoints) {
        configuration = new Configuration(cluster);
        configuration.removeKey("high-availability.type");
        configuration.setString("execution.target", "remote");
        this.savepoints = FlinkPaths.of(savepoints);
        try {
            client = new RestClusterClient<>(configuration, "cluster");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Submits a job as Flink's client does.
     *
     * @param job adds its steps to an environment
     * @param options of this submission: where to start from, which jars to bring
     */
    JobID submit(Consumer<StreamExecutionEnvironment> job, Configuration options) {
        Configuration submission = new Configuration(configuration);
        submission.addAll(options);
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(submission);
        job.accept(env);
        try {
            return env.executeAsync().getJobID();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    Path stopWithSavepoint(JobID job) {
        String savepoint = await(client.stopWithSavepoint(job, false, savepoints, SavepointFormatType.CANONICAL));
        return FlinkPaths.local(savepoint);
    }

    /** Whether every task of the job runs. Says no while nobody answers. */
    boolean isRunning(JobID job) {
        return details(job)
                .filter(details -> !details.getJobVertexInfos().isEmpty())
                .filter(details -> details.getJobVertexInfos().stream()
                        .allMatch(vertex ->
                                vertex.getTasksPerState().get(ExecutionState.RUNNING) == vertex.getParallelism()))
                .isPresent();
    }

    private Optional<JobDetailsInfo> details(JobID job) {
        try {
            return Optional.of(client.getJobDetails(job).get(5, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    void awaitRunning(JobID job) {
        Awaitility.await("all tasks running").atMost(PATIENCE).until(() -> isRunning(job));
    }

    /** Whether tasks of the job are on their way to run. Says no while nobody answers. */
    boolean isRecovering(JobID job) {
        return details(job).stream()
                .flatMap(details -> details.getJobVertexInfos().stream())
                .anyMatch(vertex -> vertex.getTasksPerState().get(ExecutionState.DEPLOYING)
                                + vertex.getTasksPerState().get(ExecutionState.INITIALIZING)
                        > 0);
    }

    /** Triggers a savepoint; it is in progress when this returns. */
    CompletableFuture<String> beginSavepoint(JobID job) {
        CompletableFuture<String> savepoint = client.triggerSavepoint(job, savepoints, SavepointFormatType.CANONICAL);
        Awaitility.await("a savepoint in progress").atMost(PATIENCE).until(() -> checkpoints(job).stream()
                .flatMap(statistics -> statistics.getHistory().stream())
                .anyMatch(checkpoint ->
                        checkpoint.isSavepoint() && checkpoint.getStatus() == CheckpointStatsStatus.IN_PROGRESS));
        return savepoint;
    }

    /** The newest complete checkpoint; empty while there is none, or nobody answers. */
    Optional<CompletedCheckpointStatistics> newestCheckpoint(JobID job) {
        return checkpoints(job)
                .map(statistics -> statistics.getLatestCheckpoints().getCompletedCheckpointStatistics());
    }

    /** Where {@link #newestCheckpoint} is. */
    Optional<Path> newestCheckpointPath(JobID job) {
        return newestCheckpoint(job).map(checkpoint -> FlinkPaths.local(checkpoint.getExternalPath()));
    }

    /** The checkpoint that the job has recovered from last; empty if there is none, or nobody answers. */
    Optional<Path> restoredCheckpoint(JobID job) {
        return checkpoints(job)
                .map(statistics -> statistics.getLatestCheckpoints().getRestoredCheckpointStatistics())
                .map(restored -> FlinkPaths.local(restored.getExternalPath()));
    }

    private Optional<CheckpointingStatistics> checkpoints(JobID job) {
        JobMessageParameters parameters = new JobMessageParameters();
        parameters.jobPathParameter.resolve(job);
        try {
            return Optional.of(client.sendRequest(
                            CheckpointingStatisticsHeaders.getInstance(), parameters, EmptyRequestBody.getInstance())
                    .get(5, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Whether a checkpoint that began after {@code millis} (since 1970) is complete. */
    boolean hasCheckpointSince(JobID job, long millis) {
        return newestCheckpoint(job)
                        .map(CheckpointStatistics::getTriggerTimestamp)
                        .orElse(0L)
                > millis;
    }

    /** The newest value of a metric of the job's only learner; empty before Flink has collected it. */
    OptionalDouble learnerMetric(JobID job, String metric) {
        JobVertexID learner = await(client.getJobDetails(job)).getJobVertexInfos().stream()
                .filter(vertex -> vertex.getName().contains("learn"))
                .findFirst()
                .orElseThrow()
                .getJobVertexID();
        URI uri = URI.create("%s/jobs/%s/vertices/%s/subtasks/0/metrics?get=learn.%s"
                .formatted(client.getWebInterfaceURL(), job, learner, metric.replace('.', '_')));
        try (InputStream json = uri.toURL().openStream()) {
            JsonNode value = new ObjectMapper().readTree(json).at("/0/value");
            return value.isMissingNode() ? OptionalDouble.empty() : OptionalDouble.of(value.asDouble());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The names of the TaskManagers that have tasks of the job. */
    Set<String> taskManagersOf(JobID job) {
        Set<String> names = new HashSet<>();
        for (var vertex : await(client.getJobDetails(job)).getJobVertexInfos()) {
            JobVertexMessageParameters parameters = new JobVertexMessageParameters();
            parameters.jobPathParameter.resolve(job);
            parameters.jobVertexIdPathParameter.resolve(vertex.getJobVertexID());
            await(client.sendRequest(JobVertexDetailsHeaders.getInstance(), parameters, EmptyRequestBody.getInstance()))
                    .getSubtasks()
                    .forEach(task -> names.add(task.getTaskmanagerId()));
        }
        return names;
    }

    int registeredTaskManagers() {
        return await(client.sendRequest(
                        TaskManagersHeaders.getInstance(),
                        EmptyMessageParameters.getInstance(),
                        EmptyRequestBody.getInstance()))
                .getTaskManagerInfos()
                .size();
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static AssertionError interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AssertionError(e);
    }

    @Override
    public void close() {
        client.close();
    }
}
