package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.model.Model;
import io.babble.model.ModelBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearnAndWriteTest {
    private static final Pattern LAST_LINE =
            Pattern.compile("bits/byte (\\d+\\.\\d{4})  symbols (\\d+)  seconds (\\d+\\.\\d)");
    private static final String TEXT = "Schöne Tage kommen wieder, und wer wartet, der sieht sie. ".repeat(100);
    private static final int BYTES = TEXT.getBytes(StandardCharsets.UTF_8).length;

    @TempDir
    static Path folder;

    private static Path text;
    private static Path learned;
    private static CommandResult learning;

    @BeforeAll
    static void learnOnce() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), TEXT);
        learned = folder.resolve("learned.babble");
        learning = learn(
                "--streams",
                "3",
                "--save",
                learned.toString(),
                "--curve",
                file("curve.csv"),
                "-Dbabble.window.steps=8");
    }

    @Test
    void theLastLineHasTheLoss() {
        assertThat(learning.exitCode()).as(learning.err()).isZero();
        Matcher score = LAST_LINE.matcher(learning.out().lines().toList().get(0));
        assertThat(score.matches()).as(learning.out()).isTrue();
        assertThat(learning.out().lines()).hasSize(1);
        assertThat(Double.parseDouble(score.group(1))).isBetween(0.5, 5.0);
        assertThat(Integer.parseInt(score.group(2))).as("every byte once").isEqualTo(BYTES);
    }

    @Test
    void theSavedModelHasLearnedTheText() throws IOException {
        Model model = ModelBytes.read(Files.readAllBytes(learned));

        assertThat(model.symbols()).isEqualTo(BYTES);
        assertThat(model.version()).isPositive();
        assertThat(model.moments()).hasNumberOfRows(2);
        assertThat(folder.resolve("learned.babble.partial")).doesNotExist();
    }

    @Test
    void theCurveEndsWithTheFinalLoss() throws IOException {
        List<String> rows = Files.readAllLines(folder.resolve("curve.csv"));

        assertThat(rows.get(0)).isEqualTo("symbols,bits_per_byte,average");
        Matcher score = LAST_LINE.matcher(learning.out().strip());
        assertThat(score.matches()).isTrue();
        assertThat(rows.get(rows.size() - 1)).startsWith(BYTES + ",").endsWith("," + score.group(1));
    }

    @Test
    void learnResumesFromASavedModelWithItsShape() throws IOException {
        Path more = folder.resolve("more.babble");
        CommandResult result = CommandResult.babble(
                "learn", text.toString(), "--from", learned.toString(), "--save", more.toString(), "--streams", "2");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(ModelBytes.read(Files.readAllBytes(more)).symbols()).isEqualTo(2L * BYTES);
        assertThat(bitsPerByte(result)).isLessThan(bitsPerByte(learning));
    }

    @Test
    void theSameTextAndOptionsGiveTheSameModel() throws IOException {
        Path again = folder.resolve("again.babble");
        CommandResult result = learn("--streams", "3", "--save", again.toString(), "-Dbabble.window.steps=8");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(again).hasSameBinaryContentAs(learned);
    }

    @Test
    void refusesAModelOfAnotherShapeInOneLine() {
        CommandResult result = learn("--from", learned.toString(), "-Dbabble.model.hidden=9");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).contains("another shape", "hidden=9", "hidden=16");
    }

    @Test
    void skipsAndCountsBytesThatAreNotUtf8() throws IOException {
        Path broken = Files.write(folder.resolve("broken.txt"), new byte[] {'a', (byte) 0xFF, 'b', 'c', (byte) 0xC3});
        CommandResult result =
                CommandResult.babble("learn", broken.toString(), "-Dbabble.model.hidden=4", "-Dbabble.backend=nd4j");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("symbols 3 ");
        assertThat(result.err()).contains("2 bytes were skipped");
    }

    @Test
    void reportsAnEmptyTextAndAnUnwritableFileBeforeTraining() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.txt"));
        CommandResult nothing =
                CommandResult.babble("learn", empty.toString(), "-Dbabble.model.hidden=4", "-Dbabble.backend=nd4j");
        assertThat(nothing.exitCode()).isEqualTo(1);
        assertThat(nothing.err()).contains("nothing to learn");

        CommandResult nowhere = learn("--save", file("no-such-folder/model.babble"));
        assertThat(nowhere.exitCode()).isEqualTo(2);
        assertThat(nowhere.err()).contains("no-such-folder");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            --save TEXT                       | 2 | --save would overwrite the text
            --curve TEXT                      | 2 | --curve would overwrite the text
            --save new --curve new            | 2 | --save and --curve must not be the same file
            --from MODEL --curve MODEL        | 2 | --curve must not be the file of --from
            --curve no-such-folder/curve.csv  | 2 | --curve: cannot write a file at no-such-folder/curve.csv
            --streams 2147483647              | 1 | bytes cannot be split into 2147483647 streams
            -Dlearning-rate=99                | 2 | learning-rate is neither an option of Babble nor one of Flink: use -Dbabble.learning-rate
            -Dbable.threads=1                 | 2 | bable.threads is neither an option of Babble nor one of Flink
            -Dbabble.threadz=1                | 2 | babble.threadz is no option of Babble
            """)
    void refusesWhatWouldDoHarmOrNothingBeforeTraining(String options, int exitCode, String problem)
            throws IOException {
        String[] more = options.replace("TEXT", text.toString())
                .replace("MODEL", learned.toString())
                .split(" ", -1);
        CommandResult result = learn(more);

        assertThat(result.err()).contains(problem).hasLineCount(1);
        assertThat(result.exitCode()).isEqualTo(exitCode);
        assertThat(text).hasContent(TEXT);
    }

    @Test
    void aTextWithoutAnyCharacterIsRefused() throws IOException {
        Path invalid = Files.write(folder.resolve("invalid.txt"), new byte[] {(byte) 0xFF});
        Path saved = folder.resolve("invalid.babble");
        CommandResult result = learn(invalid, "--save", saved.toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("nothing to learn: no character of the text is UTF-8");
        assertThat(saved).doesNotExist();
    }

    @Test
    void streamsMayBeEmptyOrWithoutAnyCharacter() throws IOException {
        Path mixed = Files.write(folder.resolve("mixed.txt"), new byte[] {'a', (byte) 0xFF, (byte) 0xFF, 'b'});
        CommandResult result = learn(mixed, "--streams", "4");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("symbols 2 ");

        Path few = Files.writeString(folder.resolve("few.txt"), "x".repeat(640));
        CommandResult heldOut = learn(few, "--streams", "33", "--validate", ".05");
        assertThat(heldOut.exitCode()).as(heldOut.err()).isZero();
        assertThat(heldOut.out()).startsWith("epoch 1 ").contains("validation");
    }

    @Test
    void aFileThatWasNotNamedIsNotOverwritten() throws IOException {
        Path other = Files.writeString(folder.resolve("package.json"), "{\"name\": \"babble\"}");
        CommandResult result =
                CommandResult.babble("export", "--from", learned.toString(), "--to", file("package.safetensors"));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("package.json is not the description of a model", "--to");
        assertThat(other).hasContent("{\"name\": \"babble\"}");
        for (int i = 0; i < 2; i++) {
            assertThat(CommandResult.babble("export", "--from", learned.toString(), "--to", file("m.safetensors"))
                            .exitCode())
                    .isZero();
        }
    }

    @Test
    void learnsStandardInput() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(TEXT.getBytes(StandardCharsets.UTF_8)));
        try {
            CommandResult result = learn(Path.of("-"), "--streams", "3", "-Dbabble.window.steps=8");
            assertThat(result.out())
                    .startsWith(learning.out().substring(0, learning.out().indexOf("  seconds")));
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void theSeedDeterminesTheText() {
        CommandResult first = write("Schöne", "--length", "50", "--seed", "7");

        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.out()).startsWith("Schöne").endsWith("\n");
        assertThat(write("Schöne", "--length", "50", "--seed", "7").out()).isEqualTo(first.out());
        assertThat(write("Schöne", "--length", "50", "--seed", "8").out()).isNotEqualTo(first.out());
    }

    @Test
    void printsOnlyNewLinesWithNewTo() {
        CommandResult result = write("Neue Tage\n" + TEXT + "\n", "--new-to", text.toString(), "--length", "5");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("Neue Tage\n");
        assertThat(result.err()).startsWith("1 of 2 lines are new");
    }

    @Test
    void stopsBeforeTheStopText() {
        String whole = write("", "--length", "80", "--temperature", "0").out().stripTrailing();
        String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 2);
        CommandResult stopped = write("", "--length", "80", "--temperature", "0", "--stop", stop);

        assertThat(stopped.out()).isEqualTo(whole.substring(0, whole.indexOf(stop)) + "\n");
    }

    @Test
    void refusesADamagedModelInOneLine() throws IOException {
        byte[] bytes = Files.readAllBytes(learned);
        bytes[bytes.length / 2] ^= 1;
        Path damaged = Files.write(folder.resolve("damaged.babble"), bytes);
        CommandResult result = CommandResult.babble("write", "--model", damaged.toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).contains("damaged.babble", "expected the checksum");
    }

    @Test
    void inCodePointsEveryCharacterIsASymbol() throws IOException {
        String poem = "春眠不覺曉，處處聞啼鳥。夜來風雨聲，花落知多少。";
        Path poems = Files.writeString(folder.resolve("poems.txt"), poem.repeat(40) + "白日依山盡".repeat(192));
        String model = file("poems.babble");
        CommandResult learned = learn(
                poems,
                "--validate",
                "0.5",
                "--save",
                model,
                "-Dbabble.alphabet=code-points",
                "-Dbabble.alphabet.capacity=512");

        assertThat(learned.exitCode()).as(learned.err()).isZero();
        assertThat(learned.out()).contains("symbols 2880 ");
        assertThat(CommandResult.babble("inspect", model).out())
                .contains("learned     2,880 symbols", "shape       V 512,")
                .contains("alphabet    code-points, 21 characters beyond Latin-1\n");
        CommandResult written =
                CommandResult.babble("write", "--model", model, "登鸛雀樓", "--length", "60", "--seed", "1");
        assertThat(written.exitCode()).as(written.err()).isZero();
        assertThat(written.out().strip().substring(4))
                .hasSize(60)
                .contains("，", "。")
                .doesNotContain("白", "登");
        assertThat(CommandResult.babble("write", "--model", model, "-Dbabble.alphabet=bytes")
                        .err())
                .contains("expected bytes, found code-points");

        CommandResult exported = CommandResult.babble("export", "--from", model, "--to", file("poems.safetensors"));
        assertThat(exported.exitCode()).as(exported.err()).isZero();
        assertThat(Files.readString(folder.resolve("poems.json")))
                .contains("\"characters\" : \"春眠不覺曉，處聞啼鳥。夜來風雨聲花落知多少\"");
    }

    @Test
    void countsCharactersThatDoNotFitTheAlphabet() throws IOException {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 260; i++) {
            many.append((char) ('\u4E00' + i));
        }
        Path full = Files.writeString(folder.resolve("many.txt"), many);
        CommandResult result = learn(full, "-Dbabble.alphabet=code-points", "-Dbabble.alphabet.capacity=512");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("symbols 780 ");
        assertThat(result.err()).contains("8 characters were not learned");
    }

    @Test
    void invalidSamplingOptionsAreInvalidUsage() {
        assertThat(write("", "--temperature", "-1").exitCode()).isEqualTo(2);
        assertThat(write("", "--length", "0").exitCode()).isEqualTo(2);
        assertThat(CommandResult.babble("write").exitCode()).isEqualTo(2);
    }

    private static CommandResult learn(String... more) {
        return learn(text, more);
    }

    private static CommandResult learn(Path text, String... more) {
        List<String> args = new ArrayList<>(List.of("learn", text.toString()));
        args.addAll(List.of("-Dbabble.model.embedding=8", "-Dbabble.learning-rate=0.02", "-Dbabble.threads=1"));
        if (List.of(more).stream().noneMatch(arg -> arg.startsWith("-Dbabble.model.hidden"))) {
            args.add("-Dbabble.model.hidden=16");
        }
        args.addAll(List.of(more));
        return CommandResult.babble(args.toArray(String[]::new));
    }

    private static CommandResult write(String prompt, String... more) {
        List<String> args = new ArrayList<>(List.of("write", "--model", learned.toString(), prompt));
        args.addAll(List.of(more));
        return CommandResult.babble(args.toArray(String[]::new));
    }

    private static double bitsPerByte(CommandResult result) {
        Matcher score = LAST_LINE.matcher(result.out().strip());
        assertThat(score.matches()).as(result.out()).isTrue();
        return Double.parseDouble(score.group(1));
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }
}
