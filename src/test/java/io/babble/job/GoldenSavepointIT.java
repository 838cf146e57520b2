package io.babble.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.savepoint.Savepoint;
import io.babble.job.savepoint.TextOffset;
import io.babble.job.state.Answer;
import io.babble.model.Model;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.Report;
import io.babble.records.Sample;
import io.babble.text.Stream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The job goes on from a savepoint of every release. The rule: a golden savepoint is never changed; a release that
 * changes state adds one, and every serializer reads what all versions before it wrote. To add one, name the release in
 * the test's {@code ValueSource} and write the savepoint with
 *
 * <pre>
 * mvn verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=GoldenSavepointIT -Dgolden.savepoint=0.2
 * </pre>
 *
 * <p>All of them are of the same text: the job stopped while it was reading the large record, with a character that one
 * record begins and another ends, bytes that are no text, a stream that has ended and one without a key, and within the
 * answer to a prompt with another one waiting.
 */
class GoldenSavepointIT {
    private static final String WRITE = "golden.savepoint";
    private static final String[] OPTIONS = {"model.hidden", "4", "model.embedding", "2", "prompts.max-active", "1"};
    private static final byte[] EARLY = "Once upon a time there was a job.".getBytes(UTF_8);
    private static final byte[] DEAD = {(byte) 0xFF, (byte) 0xFE, (byte) 0xFF, 'o', 'k'};
    private static final byte[] SHORT = "A text without a key.".getBytes(UTF_8);
    private static final byte[] ENDED = "The end.".getBytes(UTF_8);
    private static final byte[] CUT = "Größe".getBytes(UTF_8);
    private static final byte[] LARGE =
            "What is said three times is true. ".repeat(12_000).getBytes(UTF_8);
    private static final int ALL = EARLY.length + DEAD.length + SHORT.length + ENDED.length + CUT.length + LARGE.length;

    @TempDir
    Path folder;

    private Stage stage;

    @BeforeEach
    void start() {
        stage = new Stage(folder, new Configuration());
    }

    @AfterEach
    void stop() {
        stage.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1", "0.2"})
    void theJobGoesOnFromTheSavepointOfARelease(String release) throws Exception {
        Path golden = copy(golden(release));
        Savepoint before = Savepoint.in(golden);
        assertIsInTheMiddle(before);
        Model model = before.model();
        Answer answer = answers(before).get("long");

        try (Service service = service(OPTIONS)) {
            publish(service);
            ask(service);
            service.startedFrom(golden);

            service.awaitLearned(ALL);
            Report report = service.lastReport();
            assertThat(report.symbols()).isEqualTo(ALL - 3);
            assertThat(report.dead()).isEqualTo(3);
            assertThat(report.endOfTexts()).isEqualTo(2);
            assertThat(report.step()).isGreaterThan(model.version());
            assertThat(report.bitsPerByteAverage()).isLessThan(model.loss().average());
            service.await(
                    "both texts' ends",
                    () -> service.samples().stream().filter(Sample::done).count() == 2);
            assertGoesOn(service.written("long").pieces(), answer);
            assertThat(service.written("waiting").pieces().get(0).sequence()).isZero();
            assertThat(service.deadLetters()).as("said before").isEmpty();

            Map<String, Stream> streams = streams(Savepoint.in(service.stoppedWithSavepoint()));
            assertThat(streams.get("key/early").position()).isEqualTo(EARLY.length);
            assertThat(streams.get("key/dead").position()).isEqualTo(2);
            assertThat(streams.get("key/cut").position()).isEqualTo(CUT.length);
            assertThat(streams.get("key/large").position()).isEqualTo(LARGE.length);
            assertThat(streams).hasSize(5).doesNotContainKey("key/ended");
        }
    }

    @Test
    @EnabledIfSystemProperty(named = WRITE, matches = ".+")
    void writesTheSavepointOfThisRelease() throws IOException {
        Path golden = Path.of("src/test/resources/io/babble/job/golden", "savepoint-" + System.getProperty(WRITE));
        assertThat(golden).as("never changed").doesNotExist();
        String[] slow = {"deterministic", "true", "pending.max", "1000", "reports.every", "50 ms"};
        String[] options = Arrays.copyOf(OPTIONS, OPTIONS.length + slow.length);
        System.arraycopy(slow, 0, options, OPTIONS.length, slow.length);
        try (Service service = service(options)) {
            publish(service);
            service.started();
            service.await(
                    "the large record begun",
                    () -> !service.reports().isEmpty() && service.lastReport().symbols() > 5_000);
            ask(service);
            service.await("a text begun", () -> service.written("long").isBegun());
            Path savepoint = service.stoppedWithSavepoint();
            assertIsInTheMiddle(Savepoint.in(savepoint));
            copy(savepoint, golden);
        }
    }

    private Service service(String... options) {
        return stage.service("golden", 1, options);
    }

    private static void publish(Service service) {
        service.publish("early", EARLY);
        service.publish("dead", DEAD);
        service.publish(null, SHORT);
        service.publish("ended", ENDED);
        service.publish("ended", null);
        service.publish("cut", Arrays.copyOf(CUT, 3));
        service.publish("large", LARGE);
        service.publish("cut", Arrays.copyOfRange(CUT, 3, CUT.length));
    }

    /** The second one waits until the first one is written. */
    private static void ask(Service service) {
        service.ask(new Prompt("long", "Once", Prompt.MAX_LENGTH, 0, 0, 1, 5, null, Origin.PROMPT));
        service.ask(new Prompt("waiting", "Then", 20, 0, 0, 1, 6, null, Origin.PROMPT));
    }

    private static void assertIsInTheMiddle(Savepoint savepoint) throws IOException {
        TextOffset offset = savepoint.textOffsets().get(0);
        assertThat(offset.offset()).isEqualTo(6);
        assertThat(offset.bytes()).isBetween(5_000, LARGE.length - 5_000);
        Map<String, Stream> streams = streams(savepoint);
        long pending = streams.values().stream().mapToLong(Stream::pendingBytes).sum();
        assertThat(pending).isGreaterThan(1);
        assertThat(streams.get("key/cut").pendingBytes()
                        + streams.get("key/cut").position())
                .isEqualTo(3);
        assertThat(streams.get("key/large").position()).isPositive();
        assertThat(savepoint.ledger().accepted())
                .isEqualTo(savepoint.model().symbols()
                        + pending
                        + savepoint.ledger().dead());
        assertThat(savepoint.ledger().dead()).isEqualTo(3);
        assertThat(savepoint.writersModel()).isPresent();
        Answer answer = answers(savepoint).get("long");
        assertThat(answer.text().offset()).isPositive();
        assertThat(answer.text().isDone()).isFalse();
        assertThat(answers(savepoint).get("waiting").text().offset()).isZero();
    }

    private static void assertGoesOn(List<Sample> pieces, Answer answer) {
        assertThat(pieces.get(0).sequence()).isPositive();
        long offset = answer.text().offset();
        for (Sample piece : pieces) {
            assertThat(piece.offset()).isEqualTo(offset);
            offset += piece.text().codePoints().count();
        }
    }

    private static Map<String, Stream> streams(Savepoint savepoint) throws IOException {
        Map<String, Stream> streams = new TreeMap<>();
        savepoint.streams(streams::put);
        return streams;
    }

    private static Map<String, Answer> answers(Savepoint savepoint) throws IOException {
        Map<String, Answer> answers = new TreeMap<>();
        savepoint.answers(answers::put);
        return answers;
    }

    private static Path golden(String release) throws URISyntaxException {
        return Path.of(GoldenSavepointIT.class
                .getResource("golden/savepoint-" + release)
                .toURI());
    }

    /** The job owns what it goes on from, and deletes it in the end. */
    private Path copy(Path golden) throws IOException {
        return copy(golden, folder.resolve("golden"));
    }

    /** A copy of a savepoint, since a job deletes the one that it starts from. */
    static Path copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (java.util.stream.Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }
}
