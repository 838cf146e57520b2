package io.babble.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.babble.JavaProcess;
import io.babble.embedded.FlinkDefaults;
import io.babble.embedded.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.rest.messages.EmptyMessageParameters;
import org.apache.flink.runtime.rest.messages.EmptyRequestBody;
import org.apache.flink.runtime.rest.messages.JobMessageParameters;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointStatistics;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointingStatistics;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointingStatisticsHeaders;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo;
import org.apache.flink.runtime.rest.messages.taskmanager.TaskManagerInfo;
import org.apache.flink.runtime.rest.messages.taskmanager.TaskManagersHeaders;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;

/**
 * Flink as processes of their own: a JobManager that comes back with its jobs, and TaskManagers, all on loopback. A
 * process that is killed is followed by a new one, as a supervisor would do.
 */
final class FlinkCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path folder;
    private final Configuration configuration;
    private final Configuration clients;
    private final String classPath;
    private final RestClusterClient<String> client;
    private final List<TaskManager> taskManagers = new ArrayList<>();
    private JavaProcess jobManager;
    private int starts;

    /** A TaskManager: the name that Flink knows it by, and its process. */
    record TaskManager(String name, JavaProcess process) {}

    /**
     * Starts the cluster; it takes jobs when this returns.
     *
     * @param folder for configuration, checkpoints and logs
     * @param classPath of every process, natives included
     * @param options of Flink, stronger than what is set here
     */
    FlinkCluster(Path folder, String classPath, ZooKeeper zooKeeper, int taskManagers, Configuration options) {
        this.folder = folder;
        this.classPath = classPath;
        configuration = configuration(folder, zooKeeper.quorum(), Ports.free(0, "Flink"));
        configuration.addAll(options);
        try {
            Path conf = Files.createDirectories(folder.resolve("conf"));
            Files.write(
                    conf.resolve("config.yaml"), ConfigurationUtils.convertConfigToWritableLines(configuration, true));
            clients = new Configuration(configuration);
            clients.removeKey("high-availability.type");
            clients.setString("execution.target", "remote");
            client = new RestClusterClient<>(clients, "cluster");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        startJobManager();
        for (int i = 0; i < taskManagers; i++) {
            startTaskManager();
        }
        Awaitility.await("TaskManagers registered")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> registered().size() == taskManagers);
    }

    /** Options of a cluster with TaskManagers that live for seconds. */
    static Configuration quickToStart() {
        return new Configuration().set(CoreOptions.FLINK_TM_JVM_OPTIONS, String.join(" ", JavaProcess.quickToStart()));
    }

    private static Configuration configuration(Path folder, String zooKeepers, int rest) {
        Configuration configuration = FlinkDefaults.everywhere();
        List.of(
                        "rest.address: 127.0.0.1",
                        "rest.bind-address: 127.0.0.1",
                        "rest.port: " + rest,
                        "rest.bind-port: " + rest,
                        "jobmanager.rpc.address: 127.0.0.1",
                        "jobmanager.bind-host: 127.0.0.1",
                        "taskmanager.host: 127.0.0.1",
                        "taskmanager.bind-host: 127.0.0.1",
                        "jobmanager.memory.process.size: 1g",
                        "taskmanager.memory.process.size: 2200m",
                        "taskmanager.memory.managed.size: 0m",
                        "taskmanager.memory.network.min: 64m",
                        "taskmanager.memory.network.max: 64m",
                        "taskmanager.numberOfTaskSlots: 2",
                        "taskmanager.load-balance.mode: SLOTS",
                        "high-availability.type: zookeeper",
                        "high-availability.zookeeper.quorum: " + zooKeepers,
                        "high-availability.zookeeper.client.session-timeout: 5 s",
                        "high-availability.storageDir: " + folder.resolve("ha").toUri(),
                        "high-availability.cluster-id: /babble",
                        "io.tmp.dirs: " + folder.resolve("tmp"),
                        "execution.checkpointing.dir: "
                                + folder.resolve("checkpoints").toUri(),
                        "execution.checkpointing.savepoint-dir: "
                                + folder.resolve("savepoints").toUri(),
                        "execution.checkpointing.storage: filesystem",
                        "execution.checkpointing.interval: 2 s")
                .forEach(line -> configuration.setString(line.split(": ", 2)[0], line.split(": ", 2)[1]));
        return configuration;
    }

    /**
     * Submits a job as Flink's client does.
     *
     * @param job adds its steps to an environment
     * @param options of this submission: where to start from, which jars to bring
     */
    JobID submit(Consumer<StreamExecutionEnvironment> job, Configuration options) {
        Configuration submission = new Configuration(clients);
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
        String savepoint = await(client.stopWithSavepoint(
                job, false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL));
        return Path.of(URI.create(savepoint));
    }

    void cancel(JobID job) {
        await(client.cancel(job));
        await(client.requestJobResult(job));
    }

    /** Whether every task of the job runs. Says no while nobody answers. */
    boolean isRunning(JobID job) {
        try {
            JobDetailsInfo details = client.getJobDetails(job).get(5, TimeUnit.SECONDS);
            return !details.getJobVertexInfos().isEmpty()
                    && details.getJobVertexInfos().stream()
                            .allMatch(vertex ->
                                    vertex.getTasksPerState().get(ExecutionState.RUNNING) == vertex.getParallelism());
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    void awaitRunning(JobID job) {
        Awaitility.await("all tasks running").atMost(PATIENCE).until(() -> isRunning(job));
    }

    /** The newest complete checkpoint; empty while there is none, or nobody answers. */
    Optional<CheckpointStatistics> newestCheckpoint(JobID job) {
        JobMessageParameters parameters = new JobMessageParameters();
        parameters.jobPathParameter.resolve(job);
        try {
            CheckpointingStatistics statistics = client.sendRequest(
                            CheckpointingStatisticsHeaders.getInstance(), parameters, EmptyRequestBody.getInstance())
                    .get(5, TimeUnit.SECONDS);
            return Optional.ofNullable(statistics.getLatestCheckpoints().getCompletedCheckpointStatistics());
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

    List<TaskManager> taskManagers() {
        return List.copyOf(taskManagers);
    }

    /** The TaskManagers that have tasks. */
    List<TaskManager> busyTaskManagers() {
        List<String> busy = registered().stream()
                .filter(taskManager -> taskManager.getNumberAvailableSlots() < taskManager.getNumberSlots())
                .map(taskManager -> taskManager.getResourceId().toString())
                .toList();
        return taskManagers.stream()
                .filter(taskManager -> busy.contains(taskManager.name()))
                .toList();
    }

    private List<TaskManagerInfo> registered() {
        return List.copyOf(await(client.sendRequest(
                        TaskManagersHeaders.getInstance(),
                        EmptyMessageParameters.getInstance(),
                        EmptyRequestBody.getInstance()))
                .getTaskManagerInfos());
    }

    void killAndRestart(TaskManager taskManager) {
        taskManager.process().kill();
        taskManagers.remove(taskManager);
        startTaskManager();
    }

    void killAndRestartJobManager() {
        jobManager.kill();
        startJobManager();
    }

    private void startJobManager() {
        jobManager = start(
                "jobmanager-" + starts++,
                JavaProcess.quickToStart("-Xmx512m"),
                List.of(
                        StandaloneSessionClusterEntrypoint.class.getName(),
                        "--configDir",
                        folder.resolve("conf").toString()));
    }

    private void startTaskManager() {
        String name = "taskmanager-" + starts++;
        List<String> call = new ArrayList<>(List.of(
                TaskManagerRunner.class.getName(),
                "--configDir",
                folder.resolve("conf").toString()));
        var memory = TaskExecutorProcessUtils.processSpecFromConfig(configuration);
        call.addAll(Arrays.asList(
                TaskExecutorProcessUtils.generateDynamicConfigsStr(memory).split(" ")));
        call.addAll(List.of("-D", "taskmanager.resource-id=" + name));
        List<String> jvm = new ArrayList<>(
                List.of(ProcessMemoryUtils.generateJvmParametersStr(memory).split(" ")));
        configuration
                .getOptional(CoreOptions.FLINK_TM_JVM_OPTIONS)
                .ifPresent(more -> jvm.addAll(List.of(more.split(" "))));
        taskManagers.add(new TaskManager(name, start(name, jvm, call)));
    }

    private JavaProcess start(String name, List<String> jvm, List<String> call) {
        List<String> options = new ArrayList<>(jvm);
        Path logs = folder.resolve("logs");
        options.add("-Dbabble.log.level=INFO");
        options.add("-Dbabble.log.file=" + logs.resolve(name + ".log"));
        return JavaProcess.start(logs.resolve(name), classPath, options, call);
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
        taskManagers.forEach(taskManager -> taskManager.process().close());
        jobManager.close();
    }
}
