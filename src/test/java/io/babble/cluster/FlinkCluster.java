package io.babble.cluster;

import io.babble.JavaProcess;
import io.babble.embedded.FlinkDefaults;
import io.babble.embedded.FlinkPaths;
import io.babble.embedded.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;
import org.awaitility.Awaitility;

/**
 * Flink as processes of their own: a JobManager that comes back with its jobs, and TaskManagers, all on loopback. A
 * process that is killed is followed by a new one, and so is a TaskManager that ends by itself, as a supervisor would
 * do.
 */
final class FlinkCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path folder;
    private final Configuration configuration;
    private final String classPath;
    private final Jobs jobs;
    private final List<TaskManager> taskManagers = new CopyOnWriteArrayList<>();
    private final List<TaskManager> failed = new CopyOnWriteArrayList<>();
    private final AtomicInteger starts = new AtomicInteger();
    private JavaProcess jobManager;

    /** A TaskManager: the name that Flink knows it by, its process and its log. */
    record TaskManager(String name, JavaProcess process, Path log) {}

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
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        jobs = new Jobs(configuration, folder.resolve("savepoints"));
        startJobManager();
        for (int i = 0; i < taskManagers; i++) {
            startTaskManager();
        }
        awaitTaskManagers();
    }

    /** Waits until all TaskManagers are registered. */
    void awaitTaskManagers() {
        Awaitility.await("TaskManagers registered")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> jobs.registeredTaskManagers() == taskManagers.size());
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
                        "high-availability.storageDir: " + FlinkPaths.of(folder.resolve("ha")),
                        "high-availability.cluster-id: /babble",
                        "io.tmp.dirs: " + folder.resolve("tmp"),
                        "execution.checkpointing.dir: " + FlinkPaths.of(folder.resolve("checkpoints")),
                        "execution.checkpointing.savepoint-dir: " + FlinkPaths.of(folder.resolve("savepoints")),
                        "execution.checkpointing.storage: filesystem",
                        "execution.checkpointing.interval: 2 s")
                .forEach(line -> configuration.setString(line.split(": ", 2)[0], line.split(": ", 2)[1]));
        return configuration;
    }

    Jobs jobs() {
        return jobs;
    }

    List<TaskManager> taskManagers() {
        return List.copyOf(taskManagers);
    }

    /** The TaskManagers that have tasks of the job. */
    List<TaskManager> taskManagersOf(JobID job) {
        Set<String> names = jobs.taskManagersOf(job);
        return taskManagers.stream()
                .filter(taskManager -> names.contains(taskManager.name()))
                .toList();
    }

    /** The TaskManagers that have ended although they were not killed. */
    List<TaskManager> failedTaskManagers() {
        return List.copyOf(failed);
    }

    void killAndRestart(TaskManager taskManager) {
        if (taskManagers.remove(taskManager)) {
            taskManager.process().kill();
            startTaskManager();
        }
    }

    private void ended(TaskManager taskManager) {
        if (taskManagers.remove(taskManager)) {
            failed.add(taskManager);
            startTaskManager();
        }
    }

    void killAndRestartJobManager() {
        jobManager.kill();
        startJobManager();
    }

    private void startJobManager() {
        jobManager = start(
                "jobmanager-" + starts.getAndIncrement(),
                JavaProcess.quickToStart("-Xmx512m"),
                List.of(
                        StandaloneSessionClusterEntrypoint.class.getName(),
                        "--configDir",
                        folder.resolve("conf").toString()));
    }

    private void startTaskManager() {
        String name = "taskmanager-" + starts.getAndIncrement();
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
        TaskManager taskManager = new TaskManager(name, start(name, jvm, call), log(name));
        taskManagers.add(taskManager);
        taskManager.process().onExit(() -> ended(taskManager));
    }

    private JavaProcess start(String name, List<String> jvm, List<String> call) {
        List<String> options = new ArrayList<>(jvm);
        options.add("-Dbabble.log.level=INFO");
        options.add("-Dbabble.log.file=" + log(name));
        return JavaProcess.start(logs().resolve(name), classPath, options, call);
    }

    private Path log(String name) {
        return logs().resolve(name + ".log");
    }

    private Path logs() {
        return folder.resolve("logs");
    }

    @Override
    public void close() {
        jobs.close();
        List<TaskManager> last = taskManagers();
        taskManagers.clear();
        last.forEach(taskManager -> taskManager.process().close());
        jobManager.close();
    }
}
