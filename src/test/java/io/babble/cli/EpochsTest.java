package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.babble.files.TextFiles;
import io.babble.files.TrainValidationSplit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code babble learn} with several epochs and held-out text. */
class EpochsTest {
    private static final String SENTENCE = "Schöne Tage kommen wieder, und wer wartet, der sieht sie. ";
    private static final double BYTES_PER_CHARACTER =
            (double) SENTENCE.getBytes(StandardCharsets.UTF_8).length / SENTENCE.length();
    private static final String HEAD = SENTENCE.repeat(30);
    private static final String TAIL = SENTENCE.repeat(10); // a quarter of both

    private static final Pattern EPOCH = Pattern.compile("epoch (\\d+)  bits/byte (\\d+\\.\\d{4})"
            + "  validation bits/byte (\\d+\\.\\d{4}) \\((\\d+\\.\\d{4}) while learning it\\)"
            + "  nats/character (\\d+\\.\\d{4})  seconds \\d+\\.\\d(  best)?");

    @TempDir
    static Path folder;

    private static Path learned;
    private static CommandResult learning;

    private record Epoch(
            int number,
            double loss,
            double validation,
            double validationWhileLearning,
            double natsPerCharacter,
            boolean best) {}

    @BeforeAll
    static void learnOnce() throws IOException {
        learned = folder.resolve("learned.babble");
        learning = learn(HEAD + TAIL, "--epochs", "3", "--validate", "0.25", "--save", learned.toString());
        assertThat(learning.exitCode()).as(learning.err()).isZero();
    }

    @Test
    void printsALinePerEpochAndTheLossOfTheFirstOne() {
        List<Epoch> epochs = epochs(learning);

        assertThat(epochs).extracting(Epoch::number).containsExactly(1, 2, 3);
        assertThat(learning.out().lines().toList().get(3))
                .startsWith(String.format(
                        Locale.ROOT,
                        "bits/byte %.4f  symbols %d  seconds ",
                        epochs.get(0).loss(),
                        bytes(HEAD)))
                .contains("epoch 1");
    }

    @Test
    void theLossFallsFromEpochToEpoch() {
        List<Epoch> epochs = epochs(learning);

        assertThat(epochs.get(2).loss()).isLessThan(epochs.get(0).loss());
        assertThat(epochs.get(2).validation()).isLessThan(epochs.get(0).validation());
        assertThat(epochs).allMatch(Epoch::best);
    }

    @Test
    void aModelThatBecomesWorseIsNotSaved() throws IOException {
        Path best = Files.copy(learned, folder.resolve("best.babble"));
        CommandResult result = learn(
                HEAD + TAIL,
                "--from",
                best.toString(),
                "--save",
                best.toString(),
                "--validate",
                "0.25",
                "-Dbabble.learning-rate=1");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().lines().toList().get(0))
                .startsWith(String.format(
                        Locale.ROOT,
                        "epoch 0  validation bits/byte %.4f ",
                        epochs(learning).get(2).validation()))
                .endsWith("  best");
        assertThat(result.out().lines().toList().get(1)).startsWith("epoch 1 ").doesNotContain("best");
        assertThat(best).hasSameBinaryContentAs(learned);
        assertThat(result.err()).contains("No epoch was better", best + " was not written");
    }

    @Test
    void savesTheLastModelWithoutValidation() throws IOException {
        Path last = folder.resolve("last.babble");
        CommandResult result = learn(HEAD, "--epochs", "3", "--save", last.toString());

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().lines()).hasSize(4);
        assertThat(last).as("held-out text is not learned").hasSameBinaryContentAs(learned);
    }

    @Test
    void validationLossIsTheLossOnTheHeldOutTextAlone() throws IOException {
        double validation = epochs(learning).get(2).validation();
        CommandResult tail = learn(
                TAIL,
                "--from",
                learned.toString(),
                "-Dbabble.learning-rate=1e-12",
                "-Dbabble.learning-rate.warmup=0",
                "-Dbabble.replay.lanes=0");

        assertThat(tail.out()).startsWith(String.format(Locale.ROOT, "bits/byte %.4f ", validation));
        assertThat(epochs(learning).get(2).natsPerCharacter())
                .isCloseTo(validation * Math.log(2) * BYTES_PER_CHARACTER, within(2e-4));
    }

    @Test
    void alsoMeasuresTheHeldOutTextWhileACopyLearnsItWithoutDropout() throws IOException {
        Path model = folder.resolve("without-replay.babble");
        CommandResult result = learn(
                HEAD + TAIL,
                "--validate",
                "0.25",
                "--save",
                model.toString(),
                "-Dbabble.dropout=0.3",
                "-Dbabble.replay.lanes=0");
        CommandResult tail = learn(TAIL, "--from", model.toString(), "-Dbabble.replay.lanes=0");

        assertThat(tail.out())
                .startsWith(String.format(
                        Locale.ROOT, "bits/byte %.4f ", epochs(result).get(0).validationWhileLearning()));
    }

    @Test
    void savesTheModelWithTheLowestValidationLoss() throws IOException {
        String text = "ab".repeat(1500) + "bbaa".repeat(250);
        Path best = folder.resolve("best.babble");
        Path first = folder.resolve("first.babble");
        CommandResult result = learn(text, "--epochs", "3", "--validate", "0.25", "--save", best.toString());
        learn(text, "--epochs", "1", "--validate", "0.25", "--save", first.toString());

        List<Epoch> epochs = epochs(result);
        assertThat(epochs.get(0).validation()).isLessThan(epochs.get(1).validation());
        assertThat(epochs).extracting(Epoch::best).containsExactly(true, false, false);
        assertThat(best).hasSameBinaryContentAs(first);
    }

    @ParameterizedTest
    @CsvSource({"--validate, 1", "--validate, -0.1", "--validate, NaN", "--validate, some", "--epochs, 0"})
    void invalidValuesAreInvalidUsage(String option, String value) throws IOException {
        CommandResult result = learn(HEAD, option, value);

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains(option, value);
    }

    @Test
    void refusesToHoldOutNothing() throws IOException {
        CommandResult result = learn(HEAD, "--validate", "0.0001");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).contains("--validate", "too short");
    }

    @Test
    void holdsOutWholeCharactersOfEachStream() throws IOException {
        Path file = Files.writeString(folder.resolve("characters.txt"), "aäö€".repeat(100));
        try (TextFiles files = new TextFiles(List.of(file))) {
            for (int streams = 1; streams <= 9; streams++) {
                TrainValidationSplit text = new TrainValidationSplit(files, streams, 0.3);
                StringBuilder whole = new StringBuilder();
                for (int i = 0; i < streams; i++) {
                    whole.append(decoded(text.trainingStreams().get(i).readAllBytes()));
                    whole.append(decoded(text.validationStreams().get(i).readAllBytes()));
                }
                assertThat(whole.toString()).isEqualTo(Files.readString(file));
                assertThat((double) text.validationBytes()).isCloseTo(0.3 * files.size(), within(3.0 * streams));
                assertThat(text.trainingBytes() + text.validationBytes()).isEqualTo(files.size());
            }
        }
    }

    /** Throws if a character is incomplete. */
    private static String decoded(byte[] bytes) throws IOException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static CommandResult learn(String text, String... more) throws IOException {
        Path file = Files.writeString(folder.resolve("text.txt"), text);
        List<String> args = new ArrayList<>(List.of("learn", file.toString(), "-Dbabble.threads=1"));
        args.addAll(List.of("-Dbabble.model.hidden=16", "-Dbabble.model.embedding=8"));
        args.addAll(List.of(more));
        return CommandResult.babble(args.toArray(String[]::new));
    }

    private static List<Epoch> epochs(CommandResult result) {
        List<String> lines = result.out().lines().toList();
        return IntStream.range(0, lines.size() - 1)
                .mapToObj(i -> epoch(lines.get(i)))
                .toList();
    }

    private static Epoch epoch(String line) {
        Matcher found = EPOCH.matcher(line);
        assertThat(found.matches()).as(line).isTrue();
        return new Epoch(
                Integer.parseInt(found.group(1)),
                Double.parseDouble(found.group(2)),
                Double.parseDouble(found.group(3)),
                Double.parseDouble(found.group(4)),
                Double.parseDouble(found.group(5)),
                found.group(6) != null);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
