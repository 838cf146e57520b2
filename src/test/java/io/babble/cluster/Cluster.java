package io.babble.cluster;

import static java.util.stream.Collectors.toMap;

import io.babble.job.BabbleJob;
import io.babble.job.Settings;
import io.babble.records.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/** All that Babble runs on, each part as processes of its own. Data and logs stay in {@code target/clusters} until the next run. */
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

    /** Creates the topics of a job, of one partition each. */
    Topics createTopics(String prefix) {
        Topics topics = new Topics(
                prefix + ".text",
                prefix + ".prompts",
                prefix + ".samples",
                prefix + ".reports",
                prefix + ".dead-letters");
        create(topics.text(), topics.prompts(), topics.samples(), topics.reports(), topics.deadLetters());
        return topics;
    }

    /** Starts the job on these topics with further options. */
    JobID submit(Topics topics, Map<String, String> options, Configuration submission) {
        Map<String, String> all = new HashMap<>(Map.of(
                "babble.kafka.bootstrap.servers", kafka.bootstrapServers(),
                "babble.topics.text", topics.text(),
                "babble.topics.prompts", topics.prompts(),
                "babble.topics.samples", topics.samples(),
                "babble.topics.reports", topics.reports(),
                "babble.topics.dead-letters", topics.deadLetters()));
        all.putAll(options);
        return flink.submit(env -> BabbleJob.onKafka(env, Settings.of(all)), submission);
    }

    private void create(String... names) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(Arrays.stream(names)
                            .map(name -> new NewTopic(name, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
            // A partition without a leader may refuse a producer's first batch, take its second, and then never the
            // first.
            Map<TopicPartition, OffsetSpec> partitions = Arrays.stream(names)
                    .collect(toMap(name -> new TopicPartition(name, 0), name -> OffsetSpec.latest()));
            Awaitility.await("leaders")
                    .atMost(Duration.ofMinutes(1))
                    .ignoreExceptions()
                    .until(() -> admin.listOffsets(partitions).all().get() != null);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        flink.close();
        kafka.close();
        zooKeeper.close();
    }
}
