package io.babble.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.source.Piece;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole service, from Kafka to Kafka, on a real broker and a real cluster in this JVM. */
@TestInstance(Lifecycle.PER_CLASS)
class PipelineIT {
    private Stage stage;

    @BeforeAll
    void start(@TempDir Path folder) {
        stage = new Stage(folder, kafka(folder), new Configuration());
    }

    TestKafka kafka(Path folder) {
        return TestKafka.inProcess(folder.resolve("kafka"), Map.of());
    }

    @AfterAll
    void stop() {
        if (stage != null) { // none where the broker is not to be had, and the tests are skipped
            stage.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes", "code-points"})
    void learnsEveryByteOfKeyedAndUnkeyedTextAndGetsBetterAtIt(String alphabet) {
        String[] options = {"model.hidden", "64", "model.embedding", "16", "alphabet", alphabet};
        try (Service service = stage.service("learns-" + alphabet, 2, options)
                .changed("alphabet.capacity", "512")
                .started()) {
            Random random = new Random(3);
            byte[] text = Shakespeare.bytes(0, 120_000);
            byte[] foreign = "Größe 大きさ 🦜 ".repeat(200).getBytes(UTF_8);
            long sent = publishInPieces(service, "one", Arrays.copyOfRange(text, 0, 60_000), random)
                    + publishInPieces(service, "two", Arrays.copyOfRange(text, 60_000, 100_000), random)
                    + publishInPieces(service, "foreign", foreign, random);
            for (int begin = 100_000; begin < text.length; begin += 500) {
                service.publish(null, Arrays.copyOfRange(text, begin, begin + 500));
                sent += 500;
            }
            service.publish("one", null);

            service.awaitLearned(sent);
            Report report = service.lastReport();
            assertThat(report.symbols()).isEqualTo(sent);
            assertThat(report.dead()).isZero();
            assertThat(report.bitsPerByteAverage()).isLessThan(orderZeroEntropy(text) - 0.5);
            assertThat(service.deadLetters()).isEmpty();
            assertThat(service.reports()).extracting(Report::number).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @CsvSource({"read_committed, 1500", "read_uncommitted, 2500"})
    void textOfAnAbortedTransactionIsReadOnlyIfAskedFor(String isolation, long accepted) {
        try (Service service = stage.service(isolation, 1)) {
            if (!isolation.equals("read_committed")) {
                service.changed("kafka.isolation.level", isolation);
            }
            service.publishInTransactions(
                    "a", "x".repeat(1_000).getBytes(UTF_8), "y".repeat(1_000).getBytes(UTF_8));
            service.publish("a", "z".repeat(500).getBytes(UTF_8));
            service.started();

            service.awaitReport("the last record read", report -> report.accepted() % 1_000 == 500);
            assertThat(service.lastReport().accepted()).isEqualTo(accepted);
        }
    }

    @Test
    void answersPromptsUnderTheirIds() {
        try (Service service = stage.service("answers", 2).started()) {
            for (int i = 0; i < 5; i++) {
                service.ask(new Prompt("p" + i, "Question " + i, 50 + i, 1, 0, 1, i, null, Origin.PROMPT));
            }
            for (int i = 0; i < 5; i++) {
                String id = "p" + i;
                service.await(id + " answered", () -> service.written(id).isDone());
                assertThat(service.written(id).length()).isBetween(1L, 50L + i);
            }
        }
    }

    /**
     * As after partitions were added. Were pieces of two records mixed, the characters that they cut would be broken.
     */
    @Test
    void recordsOfOneKeyInTwoPartitionsAreLearnedWhole() {
        byte[] text = "€".repeat(5 * Piece.MAX_BYTES).getBytes(UTF_8);
        try (Service service = stage.service("two", 2).started()) {
            for (int i = 0; i < 20; i++) {
                service.publishTo(i % 2, "key", text);
            }
            service.awaitLearned(20L * text.length);
            assertThat(service.lastReport().dead()).isZero();
            assertThat(service.lastReport().streams()).isEqualTo(1);
        }
    }

    @Test
    void badInputIsSetAsideOrAnsweredAndTheJobGoesOn() {
        int max = 1_000;
        try (Service service =
                stage.service("bad", 1, "text.max-bytes", Integer.toString(max)).started()) {
            service.publish("a", new byte[] {'o', 'k', (byte) 0xFF, (byte) 0xC0, '!'});
            service.publish("b", "x".repeat(max - 1).getBytes(UTF_8));
            service.publish("b", "x".repeat(max).getBytes(UTF_8));
            service.publish("b", "x".repeat(max + 1).getBytes(UTF_8));
            service.publish(null, null);
            service.publish("k".repeat(2_000), "text".getBytes(UTF_8));
            service.ask(null, "{\"id\": \"broken\"");
            service.ask("long", "{\"length\": 100001}");
            service.ask("unknown", "{\"temprature\": 1}");
            service.ask("slow", "{\"length\": 100000, \"temperature\": 0}");
            service.ask("slow", "{\"length\": 10}");

            service.awaitLearned(5 + 2 * max - 1);
            service.await(
                    "answers",
                    () -> service.written("long").isBegun()
                            && service.written("unknown").isBegun()
                            && service.deadLetters().size() == 6);
            assertThat(service.written("long").pieces().get(0).error())
                    .contains("length")
                    .contains("100000");
            assertThat(service.written("unknown").pieces().get(0).error()).contains("temprature");
            Map<String, Integer> letters = service.deadLetters();
            assertThat(letters.keySet())
                    .anyMatch(error -> error.contains("not UTF-8"))
                    .anyMatch(error -> error.contains("1000 bytes") && error.contains("1001"))
                    .anyMatch(error -> error.contains("must have a value"))
                    .anyMatch(error -> error.contains("name must not be longer"))
                    .anyMatch(error -> error.contains("JSON"))
                    .anyMatch(error -> error.contains("slow is still being answered"));
            assertThat(letters.values()).contains(2, max + 1);
            service.checkpoint();
            assertThat(service.checkpoints().getCounts().getNumberOfRestoredCheckpoints())
                    .isZero();
        }
    }

    @Test
    void deadLettersAreTruncatedToWhatTheirTopicTakes() throws Exception {
        try (Service service = stage.service("small-letters", 1)) {
            service.limitRecords(service.topics().deadLetters(), 20_000);
            service.started();
            service.publishRaw(new byte[100_000], new byte[1_000_000]);
            service.publish("a", "x".repeat(500).getBytes(UTF_8));

            service.awaitAccepted(500);
            service.await("the dead letter", () -> !service.deadLetters().isEmpty());
            assertThat(service.deadLetters().values())
                    .allSatisfy(bytes -> assertThat(bytes).isBetween(10_000, 20_000));
            service.checkpoint();
            assertThat(service.checkpoints().getCounts().getNumberOfRestoredCheckpoints())
                    .isZero();
        }
    }

    @Test
    void underFullLoadLanesFillAndCheckpointsAndStopsAreQuick() {
        String[] options = {
            "model.hidden",
            "512",
            "model.embedding",
            "64",
            "window.lanes",
            "32",
            "window.steps",
            "20",
            "pending.max",
            "50000"
        };
        try (Service service = stage.service("saturated", 1, options).started()) {
            for (int begin = 0; begin < 64_000; begin += 500) {
                for (int stream = 0; stream < 32; stream++) {
                    service.publish("small " + stream, Shakespeare.bytes(begin, begin + 500));
                }
            }
            service.publish("large", Shakespeare.bytes(0, 1 << 20));
            service.awaitReport(
                    "pending text at its bound, but for one window", report -> report.pending() > 50_000 - 32 * 40);

            assertThat(service.reports()).extracting(Report::lanes).contains(32);
            long begin = System.nanoTime();
            service.checkpoint();
            service.stoppedWithSavepoint();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
        }
    }

    /** Publishes {@code text} in records of odd sizes, cut anywhere; gives back its length. */
    private static long publishInPieces(Service service, String stream, byte[] text, Random random) {
        for (int begin = 0; begin < text.length; ) {
            int end = Math.min(text.length, begin + 1 + random.nextInt(3_001));
            service.publish(stream, Arrays.copyOfRange(text, begin, end));
            begin = end;
        }
        return text.length;
    }

    /** Bits per byte of the best code that knows how often each byte comes and nothing else. */
    private static double orderZeroEntropy(byte[] text) {
        int[] counts = new int[256];
        for (byte value : text) {
            counts[value & 0xFF]++;
        }
        double bits = 0;
        for (int count : counts) {
            if (count > 0) {
                bits -= count * Math.log(count / (double) text.length) / Math.log(2);
            }
        }
        return bits / text.length;
    }
}
