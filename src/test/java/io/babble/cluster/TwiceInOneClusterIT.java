package io.babble.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.JavaProcess;
import io.babble.records.Sample;
import io.babble.records.Topics;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job in its own jar on a cluster that has the libraries: Flink loads the jar's classes anew for every submission,
 * while the natives stay loaded in the TaskManager.
 */
class TwiceInOneClusterIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Path JAR = Path.of("target", "babble.jar").toAbsolutePath();
    /** Each leaves up to 3 bytes that wait for the rest of their character. */
    private static final int STREAMS_CUT_IN_A_CHARACTER = 3 * 6 + 1;

    private static final String OUR_CLASSES = File.separator + "target" + File.separator;

    @Test
    void aJobThatIsSubmittedCancelledAndSubmittedAgainLearnsAndWritesBothTimes(@TempDir Path folder) throws Exception {
        Path secrets = Files.writeString(folder.resolve("client.properties"), "ssl.key.password=hunter2");
        String libraries = JavaProcess.classPath(entry -> !entry.contains(OUR_CLASSES));
        Configuration jar = new Configuration()
                .set(PipelineOptions.JARS, List.of(JAR.toUri().toString()));
        try (Cluster cluster = new Cluster("twice", libraries, 1, FlinkCluster.quickToStart())) {
            String kafka = cluster.kafka().bootstrapServers();
            Topics first = cluster.createTopics("first");
            Topics second = cluster.createTopics("second");
            try (Publisher publisher = new Publisher(kafka, first, new Random(1), 20_000, 1)) {
                Awaitility.await("some text").atMost(PATIENCE).until(() -> publisher.published() > 50_000);
                publisher.stop();
                List<FlinkCluster.TaskManager> before = cluster.flink().taskManagers();
                for (Topics out : List.of(first, second)) {
                    Topics topics =
                            new Topics(first.text(), first.prompts(), out.samples(), out.reports(), out.deadLetters());
                    JobID job = cluster.submit(topics, options(out, secrets), jar);
                    awaitAllLearnedAndAnswered(kafka, out, publisher);
                    cluster.flink().cancel(job);
                }
                assertThat(cluster.flink().taskManagers()).isEqualTo(before);
                assertThat(before).allMatch(taskManager -> taskManager.process().isAlive());
                assertThat(Path.of(
                                "target/clusters/twice/flink/logs",
                                before.get(0).name() + ".log"))
                        .as("the TaskManager reads the secret from the file itself")
                        .content()
                        .contains("ssl.key.password = [hidden]")
                        .doesNotContain("hunter2");
            }
        }
    }

    private static Map<String, String> options(Topics out, Path kafkaConfig) {
        return Map.of(
                "babble.name",
                out.reports(),
                "babble.model.hidden",
                "16",
                "babble.kafka-config",
                kafkaConfig.toString());
    }

    private static void awaitAllLearnedAndAnswered(String kafka, Topics topics, Publisher publisher) {
        try (Reader reader = new Reader(kafka, topics)) {
            Awaitility.await("all text learned").atMost(PATIENCE).until(() -> reader.lastReport()
                    .filter(report -> report.accepted() == publisher.published())
                    .filter(report -> report.pending() < STREAMS_CUT_IN_A_CHARACTER)
                    .isPresent());
            for (String prompt : publisher.prompts()) {
                Awaitility.await(prompt + " answered").atMost(PATIENCE).until(() -> reader.samples(prompt).stream()
                        .anyMatch(Sample::done));
            }
        }
    }
}
