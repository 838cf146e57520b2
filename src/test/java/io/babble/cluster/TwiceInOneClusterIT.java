package io.babble.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.JavaProcess;
import io.babble.ReadTopic;
import io.babble.cli.CommandResult;
import io.babble.job.BabbleJob;
import io.babble.records.Report;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.client.cli.CliFrontend;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's way on a cluster that has the libraries: Flink's command line submits the job's own jar. Flink loads its
 * classes anew for every submission, while the natives stay loaded in the TaskManager.
 */
class TwiceInOneClusterIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Path FOLDER = Path.of("target", "clusters", "twice", "flink");
    private static final String JAR = Path.of("target", "babble-job.jar").toString();
    private static final String OUR_CLASSES = File.separator + "target" + File.separator;
    private static final String LIBRARIES = JavaProcess.classPath(entry -> !entry.contains(OUR_CLASSES));

    private static final Pattern SUBMITTED = Pattern.compile("submitted with JobID ([0-9a-f]{32})");
    private static final Pattern SAVEPOINT = Pattern.compile("Savepoint completed. Path: (\\S+)");

    private int calls;
    private long published;

    @Test
    void aJobRunsStopsRunsFromItsSavepointAndIsCancelled(@TempDir Path folder) throws Exception {
        Path secrets = Files.writeString(folder.resolve("client.properties"), "ssl.key.password=hunter2");
        try (Cluster cluster = new Cluster("twice", LIBRARIES, 1, FlinkCluster.quickToStart())) {
            String kafka = cluster.kafka().bootstrapServers();
            List<FlinkCluster.TaskManager> before = cluster.flink().taskManagers();
            List<String> options = List.of(
                    "babble.kafka.bootstrap.servers=" + kafka,
                    "babble.model.hidden=16",
                    "babble.kafka-config=" + secrets);
            assertThat(refusal(run(options, JAR))).contains("Missing topics: babble.text, ", "babble topics --create");
            babble(kafka, "topics", "--create");
            assertThat(refusal(run(options, "-c", BabbleJob.class.getName(), "target/babble.jar")))
                    .contains("submit babble-job.jar");

            String first = find(SUBMITTED, output(run(options, JAR)));
            learnsAndWrites(kafka, "README.md");
            String savepoint = find(SAVEPOINT, output(flink(List.of("stop", "--type", "canonical", first))));

            String second = find(SUBMITTED, output(run(options, "--fromSavepoint", savepoint, JAR)));
            learnsAndWrites(kafka, "LICENSE");
            assertThat(output(flink(List.of("cancel", second)))).contains("Cancelled job " + second);

            assertThat(cluster.flink().taskManagers()).isEqualTo(before);
            assertThat(before).allMatch(taskManager -> taskManager.process().isAlive());
            assertThat(FOLDER.resolve("logs").resolve(before.get(0).name() + ".log"))
                    .as("the TaskManager reads the secret from the file itself")
                    .content()
                    .contains("ssl.key.password = [hidden]")
                    .doesNotContain("hunter2");
        }
    }

    private void learnsAndWrites(String kafka, String file) throws Exception {
        babble(kafka, "publish", file);
        published += Files.size(Path.of(file));
        try (ReadTopic<Report> reports =
                new ReadTopic<>(kafka, "babble.reports", record -> Report.fromJson(record.value()))) {
            Awaitility.await("all text learned").atMost(PATIENCE).until(() -> reports.all().stream()
                    .anyMatch(report -> report.accepted() == published && report.symbols() == published));
        }
        assertThat(babble(kafka, "prompt", "KING RICHARD:", "--length", "5").out())
                .startsWith("KING RICHARD:");
    }

    private static CommandResult babble(String kafka, String... call) {
        List<String> all = new ArrayList<>(List.of(call));
        all.addAll(List.of("--bootstrap-servers", kafka));
        CommandResult result = CommandResult.babble(all.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result;
    }

    private JavaProcess run(List<String> options, String... call) {
        List<String> all = new ArrayList<>(List.of("run", "--detached"));
        all.addAll(List.of(call));
        all.addAll(options);
        return flink(all);
    }

    /** Flink's own command line, with the configuration and the libraries of the cluster. */
    private JavaProcess flink(List<String> call) {
        List<String> all = new ArrayList<>(List.of(CliFrontend.class.getName()));
        all.addAll(call);
        return JavaProcess.start(
                FOLDER.resolve("logs").resolve("flink-" + calls++),
                Map.of("FLINK_CONF_DIR", FOLDER.resolve("conf").toString()),
                LIBRARIES,
                JavaProcess.quickToStart(),
                all);
    }

    private static String output(JavaProcess flink) throws Exception {
        assertThat(flink.exitCode()).as(flink.out() + flink.err()).isZero();
        return flink.out();
    }

    private static String refusal(JavaProcess flink) throws Exception {
        assertThat(flink.exitCode()).as(flink.out() + flink.err()).isEqualTo(1);
        return flink.out() + flink.err();
    }

    private static String find(Pattern pattern, String output) {
        Matcher matcher = pattern.matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return matcher.group(1);
    }
}
