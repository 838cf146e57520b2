package io.babble.cluster;

import io.babble.CreatedTopics;
import io.babble.job.BabbleJob;
import io.babble.job.options.Settings;
import io.babble.records.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.FileUtils;

/**
 * All that Babble runs on, each part as processes of its own. Data and logs stay in {@code target/clusters} until the
 * next run.
 */
final class Cluster implements AutoCloseable {
    private final ZooKeeper zooKeeper;
    private final KafkaBroker kafka;
    private final FlinkCluster flink;

    /**
     * Starts it; it takes text and jobs when this returns.
     *
     * @param name of its folder
     * @param classPath of Flink's processes
     * @param options of Flink
     */
    Cluster(String name, String classPath, int taskManagers, Configuration options) {
        Path folder = Path.of("target", "clusters", name).toAbsolutePath();
        try {
            FileUtils.deleteDirectory(folder.toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        zooKeeper = new ZooKeeper(folder.resolve("zookeeper"));
        kafka = new KafkaBroker(folder.resolve("kafka"));
        flink = new FlinkCluster(folder.resolve("flink"), classPath, zooKeeper, taskManagers, options);
    }

    KafkaBroker kafka() {
        return kafka;
    }

    FlinkCluster flink() {
        return flink;
    }

    Jobs jobs() {
        return flink.jobs();
    }

    /**
     * Creates the topics of a job.
     *
     * @param partitions of those that it reads
     */
    Topics createTopics(String prefix, int partitions) {
        return CreatedTopics.on(kafka.bootstrapServers(), prefix, partitions);
    }

    /** Starts the job on these topics with further options. */
    JobID submit(Topics topics, Map<String, String> options, Configuration submission) {
        return jobs().submit(env -> BabbleJob.onKafka(env, settings(topics, options)), submission);
    }

    /** The settings of a job on these topics with further options. */
    Settings settings(Topics topics, Map<String, String> options) {
        Map<String, String> all = new HashMap<>(Map.of(
                "babble.kafka.bootstrap.servers", kafka.bootstrapServers(),
                "babble.topics.text", topics.text(),
                "babble.topics.prompts", topics.prompts(),
                "babble.topics.samples", topics.samples(),
                "babble.topics.reports", topics.reports(),
                "babble.topics.dead-letters", topics.deadLetters()));
        all.putAll(options);
        return Settings.of(all);
    }

    @Override
    public void close() {
        flink.close();
        kafka.close();
        zooKeeper.close();
    }
}
