package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.ReadTopic;
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
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports the model of one job and starts another job from it. */
class ModelMovesIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final int FIRST_TEXT = 40_000;
    private static final int SECOND_TEXT = 5_000;

    /** Order-zero entropy of the text in bits per byte, which a new model does not reach on so little text. */
    private static final double ORDER_ZERO_ENTROPY = 4.7;

    private static final String SAVEPOINT = "be gin #%20ä?:";

    private final List<BabbleProcess> started = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void killAll() {
        started.forEach(BabbleProcess::kill);
    }

    @Test
    void aJobStartsFromTheModelOfAnotherJob() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            BabbleProcess first = run(kafka, "first");
            first.awaitOutput("Starting with an untrained model.");
            publish(kafka, "first", 0, FIRST_TEXT);
            Report learned = awaitLearned(kafka, "first", FIRST_TEXT);
            first.terminate();
            assertThat(first.exitCode()).as(first.outAndErr()).isZero();
            Matcher stopped = first.find(Pattern.compile("Stopped with savepoint (.+)"));
            String model = folder.resolve("m.babble").toString();
            runSuccessfully("export", "--savepoint", stopped.group(1), "--to", model);
            assertThat(runSuccessfully("inspect", stopped.group(1)).lines())
                    .contains("accepted    40,000 bytes", "pending     0", "streams     1")
                    .contains("            key/text.txt  40,000 symbols");
            assertPartsOfSavepointsCanBeImported(model, stopped.group(1));
            assertThat(runSuccessfully("write", "--model", model, "To be", "--length", "9"))
                    .startsWith("To be");
            BabbleProcess imported = new BabbleProcess(
                    folder.resolve("import"),
                    List.of(
                            "import",
                            "--from",
                            model,
                            "--to",
                            folder.resolve(SAVEPOINT).toString()));
            assertThat(imported.exitCode()).as(imported.outAndErr()).isZero();
            assertThat(imported.err()).isEmpty();
            assertThat(imported.out())
                    .isEqualTo("To start from it: babble run --from " + folder.resolve(SAVEPOINT)
                            + " -Dbabble.model.hidden=16 -Dbabble.model.layers=1 -Dbabble.model.embedding=8\n");
            Path savepoint = Files.move(folder.resolve(SAVEPOINT), folder.resolve("moved"));

            BabbleProcess second = run(kafka, "second", "--from", savepoint.toString());
            second.awaitOutput("Resuming from " + savepoint);
            publish(kafka, "second", FIRST_TEXT, FIRST_TEXT + SECOND_TEXT);
            Report report = awaitLearned(kafka, "second", FIRST_TEXT + SECOND_TEXT);

            try (ReadTopic<Report> reports = reports(kafka, "second")) {
                assertThat(reports.all().get(0).step()).isGreaterThan(learned.step());
                assertThat(bitsPerByte(reports.all())).isLessThan(ORDER_ZERO_ENTROPY);
            }
            assertThat(report.symbols()).isEqualTo(FIRST_TEXT + SECOND_TEXT);
            assertThat(report.pending()).isZero();
            String[] topics = {"--topic", "second.prompts", "--samples-topic", "second.samples"};
            String written = runSuccessfully(withServers(kafka, topics, "prompt", "To be", "--length", "5"));
            assertThat(written).startsWith("To be");
        }
    }

    private void assertPartsOfSavepointsCanBeImported(String model, String savepoint) {
        String streams = folder.resolve("streams").toString();
        runSuccessfully("import", "--from", savepoint, "--to", streams);
        assertThat(runSuccessfully("inspect", streams).lines())
                .contains("accepted    40,000 bytes", "streams     1")
                .noneMatch(line -> line.startsWith("read"));
        String positions = folder.resolve("positions").toString();
        runSuccessfully("import", "--from", model, "--positions", savepoint, "--to", positions);
        assertThat(runSuccessfully("inspect", positions).lines())
                .contains("accepted    40,000 bytes", "streams     1")
                .anyMatch(line -> line.startsWith("read        first.text-0 to offset "));
        String nothing = folder.resolve("nothing").toString();
        CommandResult missing =
                CommandResult.babble("import", "--from", model, "--positions", "nowhere", "--to", nothing);
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("There is no folder nowhere");
    }

    @Test
    void importKeepsTheAlphabet() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), "春眠不覺曉");
        String model = folder.resolve("m.babble").toString();
        String savepoint = folder.resolve(SAVEPOINT).toString();
        String[] alphabet = {"-Dbabble.alphabet=code-points", "-Dbabble.alphabet.capacity=600"};
        runSuccessfully("learn", text.toString(), "--save", model, "-Dbabble.model.hidden=4", alphabet[0], alphabet[1]);

        assertThat(runSuccessfully("import", "--from", model, "--to", savepoint))
                .contains(" " + alphabet[0] + " " + alphabet[1] + "\n");
        assertThat(runSuccessfully("inspect", savepoint)).contains("code-points, 5 characters beyond Latin-1\n");

        Files.writeString(text, "白日依山盡");
        String other = folder.resolve("other.babble").toString();
        runSuccessfully("learn", text.toString(), "--save", other, "-Dbabble.model.hidden=4", alphabet[0], alphabet[1]);
        String joined = folder.resolve("joined").toString();
        CommandResult join = CommandResult.babble("import", "--from", other, "--positions", savepoint, "--to", joined);
        assertThat(join.exitCode()).isEqualTo(1);
        assertThat(join.err()).contains("other characters beyond Latin-1");
    }

    @Test
    void refusesAModelOfAnotherShapeAndReportsTheExpectedOne() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), "A little text.");
        String model = folder.resolve("m.babble").toString();
        String savepoint = folder.resolve(SAVEPOINT).toString();
        runSuccessfully(
                "learn", text.toString(), "--save", model, "-Dbabble.model.hidden=4", "-Dbabble.model.layers=1");
        runSuccessfully("import", "--from", model, "--to", savepoint);
        assertThat(runSuccessfully("inspect", savepoint)).contains("E 64, H 4, L 1\n");
        CommandResult again = CommandResult.babble("import", "--from", model, "--to", savepoint);
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains(savepoint + " exists already");

        Path larger = folder.resolve("larger.babble");
        runSuccessfully("learn", text.toString(), "--save", larger.toString(), "-Dbabble.model.hidden=5");
        Path joined = folder.resolve("joined");
        CommandResult join = CommandResult.babble(
                "import", "--from", larger.toString(), "--positions", savepoint, "--to", joined.toString());
        assertThat(join.exitCode()).isEqualTo(1);
        assertThat(join.err()).contains("another shape: expected", "hidden=4", "found", "hidden=5");
        assertThat(joined).doesNotExist();

        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0)) {
            BabbleProcess other = run(kafka, "other", "--from", savepoint);
            assertThat(other.exitCode()).isEqualTo(1);
            assertThat(other.err().lines().reduce("", (before, last) -> last))
                    .startsWith("babble run: ")
                    .contains("another shape: expected", "hidden=16", "found", "hidden=4", "the job was to start from");
        }
    }

    private BabbleProcess run(EmbeddedKafka kafka, String name, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("run", "--create-topics"));
        command.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
        command.addAll(List.of("--data", folder.resolve("data: %" + name).toString()));
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
        runSuccessfully(withServers(kafka, new String[] {"--topic", job + ".text"}, "publish", text.toString()));
    }

    /** Loss of the second job on all its text. */
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
        try (ReadTopic<Report> reports = reports(kafka, job)) {
            Awaitility.await().atMost(TIMEOUT).until(() -> last(reports.all())
                    .filter(report -> report.symbols() == bytes)
                    .isPresent());
            return last(reports.all()).orElseThrow();
        }
    }

    private static Optional<Report> last(List<Report> reports) {
        return reports.isEmpty() ? Optional.empty() : Optional.of(reports.get(reports.size() - 1));
    }

    private static ReadTopic<Report> reports(EmbeddedKafka kafka, String job) {
        return new ReadTopic<>(kafka.bootstrapServers(), job + ".reports", record -> Report.fromJson(record.value()));
    }

    private static String[] withServers(EmbeddedKafka kafka, String[] topics, String... call) {
        List<String> args = new ArrayList<>(List.of(call));
        args.addAll(List.of(topics));
        args.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
        return args.toArray(String[]::new);
    }

    private static String runSuccessfully(String... call) {
        CommandResult result = CommandResult.babble(call);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result.out();
    }
}
