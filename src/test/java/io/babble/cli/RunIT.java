package io.babble.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.CreatedTopics;
import io.babble.ReadTopic;
import io.babble.embedded.EmbeddedKafka;
import io.babble.records.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunIT {
    private static final Pattern STOPPED = Pattern.compile("Stopped with savepoint (\\S+)");

    private final List<BabbleProcess> started = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void killAll() {
        started.forEach(BabbleProcess::kill);
    }

    @Test
    void runsWithAnExistingKafka() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            BabbleProcess refused = run(kafka, "refused", "data");
            assertThat(refused.exitCode()).as(refused.outAndErr()).isEqualTo(1);
            assertThat(refused.err().lines())
                    .containsExactly(
                            "babble run: Missing topics: babble.text, babble.prompts, babble.samples, babble.reports,"
                                    + " babble.dead-letters: create them with babble topics --create");

            BabbleProcess first = run(kafka, "first", "data", "--create-topics");
            first.awaitOutput("Starting with an untrained model.");
            assertThat(CommandResult.babble("publish", "README.md", "--bootstrap-servers", kafka.bootstrapServers())
                            .exitCode())
                    .isZero();
            CommandResult asked = CommandResult.babble(
                    "prompt", "x", "--length", "5", "--bootstrap-servers", kafka.bootstrapServers());
            assertThat(asked.exitCode()).as(asked.err()).isZero();
            assertThat(asked.out()).startsWith("x");
            assertThat(first.reachableFromOutside()).isEmpty();
            first.terminate();
            assertThat(first.exitCode()).as(first.outAndErr()).isZero();
            Path savepoint = Path.of(first.find(STOPPED).group(1));

            BabbleProcess copy = run(kafka, "copy", "copied", "--from", savepoint.toString());
            copy.awaitOutput("Resuming from " + savepoint + ".");
            copy.terminate();
            assertThat(copy.exitCode()).as(copy.outAndErr()).isZero();
            assertThat(savepoint).as("the savepoint is not claimed").exists();

            BabbleProcess other =
                    run(kafka, "other", "other", "--from", savepoint.toString(), "-Dbabble.model.hidden=17");
            assertThat(other.exitCode()).as(other.outAndErr()).isEqualTo(1);
            assertThat(other.err().lines().filter(line -> line.startsWith("babble run: ")))
                    .singleElement()
                    .asString()
                    .contains("Cannot start the job: The model has another shape: expected Shape[")
                    .containsSubsequence("hidden=17", "found Shape[", "hidden=16");

            BabbleProcess twice = run(kafka, "twice", "copied", "--from", savepoint.toString());
            assertThat(twice.exitCode()).isEqualTo(1);
            assertThat(twice.err()).contains("has checkpoints of its own").contains("--from", "--data");
        }
    }

    @Test
    void readsTextThatIsMuchLongerThanItsCompressedRecords() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            CreatedTopics.byDefault(kafka.bootstrapServers(), 1);
            publishCompressed(kafka, 500, "e".repeat(1 << 20).getBytes(UTF_8));
            BabbleProcess job = runWithHeap("256m", kafka, "job", "data");
            try (ReadTopic<Report> reports = new ReadTopic<>(
                    kafka.bootstrapServers(), "babble.reports", record -> Report.fromJson(record.value()))) {
                Awaitility.await("more than one record read")
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> reports.all().stream().anyMatch(report -> report.accepted() > 2 << 20));
            }
            job.terminate();
            assertThat(job.exitCode()).as(job.outAndErr()).isZero();
            assertThat(job.outAndErr()).doesNotContain("failure");
        }
    }

    private static void publishCompressed(EmbeddedKafka kafka, int records, byte[] text) throws Exception {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka.bootstrapServers(),
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "zstd",
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                4 * text.length);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int record = 0; record < records; record++) {
                sent.add(producer.send(new ProducerRecord<>("babble.text", "stream".getBytes(UTF_8), text)));
            }
            for (Future<RecordMetadata> record : sent) {
                record.get();
            }
        }
    }

    private BabbleProcess run(EmbeddedKafka kafka, String name, String data, String... more) throws IOException {
        return runWithHeap("1g", kafka, name, data, more);
    }

    private BabbleProcess runWithHeap(String heap, EmbeddedKafka kafka, String name, String data, String... more)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("run", "--bootstrap-servers", kafka.bootstrapServers()));
        command.addAll(List.of("--data", folder.resolve(data).toString(), "--web-port", "0", "--metrics-port", "0"));
        command.addAll(BabbleProcess.SMALL_AND_QUICK);
        command.addAll(List.of(more));
        BabbleProcess process = new BabbleProcess(folder.resolve(name), heap, command);
        started.add(process);
        return process;
    }
}
