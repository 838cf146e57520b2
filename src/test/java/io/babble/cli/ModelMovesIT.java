package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.embedded.EmbeddedKafka;
import io.babble.records.Report;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that one job has learned goes on in another. */
class ModelMovesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int FIRST_TEXT = 100_000;
    private static final int SECOND_TEXT = 5_000;

    /** Of the text, as a code that only knows how often each byte comes would have it; more than a new model could do. */
    private static final double ORDER_ZERO_BITS = 4.7;

    private final List<BabbleProcess> started = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void endAll() {
        started.forEach(BabbleProcess::kill);
    }

    @Test
    void aJobBeginsWithTheModelThatAnotherOneLearned() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            BabbleProcess first = run(kafka, "first");
            first.await("Starts anew.");
            publish(kafka, "first", 0, FIRST_TEXT);
            Report learned = awaitLearned(kafka, "first", FIRST_TEXT);
            first.terminate();
            assertThat(first.exitCode()).as(first.everything()).isZero();
            Matcher stopped = first.find(Pattern.compile("Stopped at (\\S+)"));
            String model = folder.resolve("m.babble").toString();
            assertDoes("export", "--savepoint", stopped.group(1), "--to", model);
            assertThat(assertDoes("inspect", stopped.group(1)).lines())
                    .contains("accepted    100,000 bytes", "pending     0", "streams     1")
                    .contains("            key/text.txt  100,000 symbols");
            assertThat(assertDoes("write", "--model", model, "To be", "--length", "9"))
                    .startsWith("To be");
            BabbleProcess imported = new BabbleProcess(
                    folder.resolve("import"),
                    List.of(
                            "import",
                            "--from",
                            model,
                            "--to",
                            folder.resolve("sp").toString()));
            assertThat(imported.exitCode()).as(imported.everything()).isZero();
            assertThat(imported.err()).isEmpty();
            assertThat(imported.out())
                    .isEqualTo("To begin with it: babble run --from " + folder.resolve("sp")
                            + " -Dbabble.model.hidden=16 -Dbabble.model.layers=1 -Dbabble.model.embedding=8\n");
            Path savepoint = Files.move(folder.resolve("sp"), folder.resolve("moved"));

            BabbleProcess second = run(kafka, "second", "--from", savepoint.toString());
            second.await("Goes on from " + savepoint);
            publish(kafka, "second", FIRST_TEXT, FIRST_TEXT + SECOND_TEXT);
            Report report = awaitLearned(kafka, "second", FIRST_TEXT + SECOND_TEXT);

            List<Report> reports = reports(kafka, "second");
            assertThat(reports.get(0).step()).isGreaterThan(learned.step());
            assertThat(bitsPerByte(reports)).isLessThan(ORDER_ZERO_BITS);
            assertThat(report.symbols()).isEqualTo(FIRST_TEXT + SECOND_TEXT);
            assertThat(report.pending()).isZero();
            String[] topics = {"--topic", "second.prompts", "--samples-topic", "second.samples"};
            String written = assertDoes(withServers(kafka, topics, "prompt", "To be", "--length", "5"));
            assertThat(written).startsWith("To be");
        }
    }

    @Test
    void aModelMovesWithTheCharactersThatItKnows() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), "春眠不覺曉");
        String model = folder.resolve("m.babble").toString();
        String savepoint = folder.resolve("sp").toString();
        String[] alphabet = {"-Dbabble.alphabet=code-points", "-Dbabble.alphabet.capacity=600"};
        assertDoes("learn", text.toString(), "--save", model, "-Dbabble.model.hidden=4", alphabet[0], alphabet[1]);

        assertThat(assertDoes("import", "--from", model, "--to", savepoint))
                .contains(" " + alphabet[0] + " " + alphabet[1] + "\n");
        assertThat(assertDoes("inspect", savepoint)).contains("code-points, 5 characters beyond Latin-1\n");
    }

    @Test
    void aModelOfAnotherShapeIsRefusedWithWhatWasExpected() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), "A little text.");
        String model = folder.resolve("m.babble").toString();
        String savepoint = folder.resolve("sp").toString();
        assertDoes("learn", text.toString(), "--save", model, "-Dbabble.model.hidden=4", "-Dbabble.model.layers=1");
        assertDoes("import", "--from", model, "--to", savepoint);
        assertThat(assertDoes("inspect", savepoint)).contains("E 64, H 4, L 1\n");
        Ran again = Ran.babble("import", "--from", model, "--to", savepoint);
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("There is something at " + savepoint + " already");

        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            BabbleProcess other = run(kafka, "other", "--from", savepoint);
            assertThat(other.exitCode()).isEqualTo(1);
            assertThat(other.err().lines().reduce("", (before, last) -> last))
                    .startsWith("babble run: ")
                    .contains("another shape: expected", "hidden=16", "found", "hidden=4", "it was to begin with");
        }
    }

    private BabbleProcess run(EmbeddedKafka kafka, String name, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("run", "--create-topics"));
        command.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
        command.addAll(List.of("--data", folder.resolve("data-" + name).toString()));
        command.addAll(List.of("--web-port", "0", "--metrics-port", "0", "-Dbabble.name=" + name));
        for (String topic : List.of("text", "prompts", "samples", "reports", "dead-letters")) {
            command.add("-Dbabble.topics." + topic + "=" + name + "." + topic);
        }
        command.addAll(BabbleProcess.SMALL_AND_QUICK);
        command.addAll(List.of(more));
        BabbleProcess process = new BabbleProcess(folder.resolve(name), command);
        started.add(process);
        return process;
    }

    private void publish(EmbeddedKafka kafka, String job, int from, int to) throws IOException {
        Path text = folder.resolve("text.txt");
        try (InputStream all = Demo.class.getResourceAsStream("/io/babble/files/tinyshakespeare.txt")) {
            Files.write(text, Arrays.copyOfRange(all.readNBytes(to), from, to));
        }
        assertDoes(withServers(kafka, new String[] {"--topic", job + ".text"}, "publish", text.toString()));
    }

    /** Of all the text that the reports of the second job are about. */
    private static double bitsPerByte(List<Report> reports) {
        double bits = 0;
        long before = FIRST_TEXT;
        for (Report report : reports) {
            bits += report.symbols() == before ? 0 : report.bitsPerByte() * (report.symbols() - before);
            before = report.symbols();
        }
        return bits / (before - FIRST_TEXT);
    }

    private static Report awaitLearned(EmbeddedKafka kafka, String job, long bytes) {
        Awaitility.await().atMost(PATIENCE).until(() -> {
            List<Report> reports = reports(kafka, job);
            return !reports.isEmpty() && reports.get(reports.size() - 1).symbols() == bytes;
        });
        List<Report> reports = reports(kafka, job);
        return reports.get(reports.size() - 1);
    }

    private static List<Report> reports(EmbeddedKafka kafka, String job) {
        List<Report> reports = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
            TopicPartition partition = new TopicPartition(job + ".reports", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> reports.add(Report.fromJson(record.value())));
            }
        }
        return reports;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(EmbeddedKafka kafka) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static String[] withServers(EmbeddedKafka kafka, String[] topics, String... call) {
        List<String> args = new ArrayList<>(List.of(call));
        args.addAll(List.of(topics));
        args.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
        return args.toArray(String[]::new);
    }

    private static String assertDoes(String... call) {
        Ran ran = Ran.babble(call);
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        return ran.out();
    }
}
