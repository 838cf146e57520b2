package io.babble.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.embedded.EmbeddedFlink;
import io.babble.embedded.EmbeddedKafka;
import io.babble.job.savepoint.Savepoint;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.Report;
import io.babble.records.Sample;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole service, from Kafka to Kafka, on a real broker and a real cluster in this JVM. */
class PipelineIT {
    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static EmbeddedFlink flink;
    private static byte[] shakespeare;

    @BeforeAll
    static void start() throws IOException {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        flink = EmbeddedFlink.start(new EmbeddedFlink.Place(folder.resolve("flink"), 4, 0, 0), new Configuration());
        try (InputStream text = PipelineIT.class.getResourceAsStream("/io/babble/cli/tinyshakespeare.txt")) {
            shakespeare = text.readAllBytes();
        }
    }

    @AfterAll
    static void stop() {
        flink.close();
        kafka.close();
    }

    @Test
    void learnsEveryByteOfKeyedAndUnkeyedTextAndGetsBetterAtIt() {
        try (Service service = service("learns", 2, "model.hidden", "64", "model.embedding", "16")
                .started()) {
            Random random = new Random(3);
            byte[] text = Arrays.copyOf(shakespeare, 120_000);
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

    @Test
    void answersPromptsUnderTheirIds() {
        try (Service service = service("answers", 2).started()) {
            for (int i = 0; i < 5; i++) {
                service.ask(new Prompt("p" + i, "Question " + i, 50 + i, 1, 0, 1, i, null, Origin.PROMPT));
            }
            for (int i = 0; i < 5; i++) {
                String id = "p" + i;
                service.await(id + " answered", () -> isDone(service.samplesOf(id)));
                assertThat(text(service.samplesOf(id)).codePoints().count()).isBetween(1L, 50L + i);
            }
        }
    }

    @Test
    void badInputIsSetAsideOrAnsweredAndTheJobGoesOn() {
        int max = 1_000;
        try (Service service =
                service("bad", 1, "text.max-bytes", Integer.toString(max)).started()) {
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
                    () -> !service.samplesOf("long").isEmpty()
                            && !service.samplesOf("unknown").isEmpty()
                            && service.deadLetters().size() == 6);
            assertThat(service.samplesOf("long").get(0).error())
                    .contains("length")
                    .contains("100000");
            assertThat(service.samplesOf("unknown").get(0).error()).contains("temprature");
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
    void aSavepointInANewJobLearnsOnAsIfThereHadBeenNone() throws IOException {
        String[] options = {"deterministic", "true", "dropout", "0.1", "pending.max", "2000"};
        try (Service whole = service("whole", 1, options).started();
                Service interrupted = service("interrupted", 1, options)) {
            publishAll(whole, 0, 60_000);
            publishAll(interrupted, 0, 25_000);

            interrupted.started();
            interrupted.await(
                    "some text learned",
                    () -> !interrupted.reports().isEmpty()
                            && interrupted.lastReport().symbols() > 5_000);
            Path savepoint = interrupted.stoppedWithSavepoint();
            publishAll(interrupted, 25_000, 60_000);
            interrupted.startedFrom(savepoint);

            whole.await("all read", () -> whole.lastReport().accepted() == 60_000);
            interrupted.await("all read", () -> interrupted.lastReport().accepted() == 60_000);
            Report report = interrupted.lastReport();
            assertThat(report)
                    .usingRecursiveComparison()
                    .comparingOnlyFields("step", "symbols", "bitsPerByteAverage", "gradientNorm", "pending", "dead")
                    .isEqualTo(whole.lastReport());
            assertThat(report.symbols()).isGreaterThan(50_000);
            Model expected = Savepoint.in(whole.stoppedWithSavepoint()).model();
            Model found = Savepoint.in(interrupted.stoppedWithSavepoint()).model();
            assertThat(ModelCodec.crc(found)).isEqualTo(ModelCodec.crc(expected));
        }
    }

    @Test
    void aHalfWrittenTextGoesOnWhereItStopped() {
        int length = Prompt.MAX_LENGTH;
        try (Service service = service("half", 1).started()) {
            service.ask(new Prompt("long", "", length, 0, 0, 1, 5, null, Origin.PROMPT));
            service.await("a part written", () -> !service.samplesOf("long").isEmpty());
            Path savepoint = service.stoppedWithSavepoint();
            List<Sample> before = service.samplesOf("long");
            assertThat(isDone(before)).as("stopped in the middle").isFalse();
            service.startedFrom(savepoint);

            service.await("the rest written", () -> isDone(service.samplesOf("long")));
            List<Sample> all = service.samplesOf("long");
            assertThat(all.size()).isGreaterThan(before.size());
            assertThat(all.stream().filter(Sample::done)).hasSize(1);
            long offset = 0;
            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i).sequence()).isEqualTo(i);
                assertThat(all.get(i).offset()).isEqualTo(offset);
                offset += all.get(i).text().codePoints().count();
            }
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
        try (Service service = service("saturated", 1, options).started()) {
            for (int begin = 0; begin < 64_000; begin += 500) {
                for (int stream = 0; stream < 32; stream++) {
                    service.publish("small " + stream, Arrays.copyOfRange(shakespeare, begin, begin + 500));
                }
            }
            service.publish("large", Arrays.copyOf(shakespeare, 1 << 20));
            service.await(
                    "pending text at its bound",
                    () -> !service.reports().isEmpty() && service.lastReport().pending() > 49_000);

            assertThat(service.reports()).extracting(Report::lanes).contains(32);
            long begin = System.nanoTime();
            service.checkpoint();
            service.stoppedWithSavepoint();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
        }
    }

    private static Service service(String name, int parallelism, String... options) {
        return new Service(kafka, flink, Service.topics(name), name, parallelism, options);
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

    /** Publishes records of 100 bytes on three streams by turns. */
    private static void publishAll(Service service, int from, int to) {
        for (int begin = from; begin < to; begin += 100) {
            service.publish("stream " + begin / 100 % 3, Arrays.copyOfRange(shakespeare, begin, begin + 100));
        }
    }

    private static boolean isDone(List<Sample> pieces) {
        return !pieces.isEmpty() && pieces.get(pieces.size() - 1).done();
    }

    private static String text(List<Sample> pieces) {
        StringBuilder text = new StringBuilder();
        pieces.forEach(piece -> text.append(piece.text()));
        return text.toString();
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
