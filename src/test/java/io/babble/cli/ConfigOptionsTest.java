package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigOptionsTest {
    @TempDir
    Path folder;

    @Test
    void readsFlatAndNestedFiles() throws IOException {
        Path file = write(
                """
                babble.linger: 2 s
                babble:
                  window:
                    lanes: 8
                  clip: value
                  clip.at: 5
                parallelism.default: 2
                """);
        assertThat(ConfigFile.read(file))
                .isEqualTo(Map.of(
                        "babble.linger", "2 s",
                        "babble.window.lanes", "8",
                        "babble.clip", "value",
                        "babble.clip.at", "5",
                        "parallelism.default", "2"));
    }

    @Test
    void aFileWithoutOptionsIsRefusedInOneLine() throws IOException {
        for (String content : List.of("- babble.linger", "just text", "a: [b\nc: }", "a: b: c")) {
            CommandResult result = CommandResult.babble(
                    "learn", "x", "--config", write(content).toString());
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.err()).contains("options").hasLineCount(1);
        }
        assertThat(ConfigFile.read(write("# nothing\n"))).isEmpty();
    }

    @Test
    void reportsAllInvalidOptionsBeforeAnythingStarts() throws IOException {
        Path file = write("babble.window.lane: 8\nbabble.window.steps: 0\n");
        for (String command : new String[] {"demo", "run"}) {
            Path data = folder.resolve("data");
            CommandResult result = CommandResult.babble(
                    command,
                    "--config",
                    file.toString(),
                    "-Dbabble.clip=maybe",
                    "-Dbabble.log.file=" + folder.resolve("log"),
                    "--data",
                    data.toString());
            assertThat(result.exitCode()).isEqualTo(2);
            assertThat(result.err().lines()).hasSize(1);
            assertThat(result.err())
                    .contains(
                            "babble.window.lane is no option of Babble",
                            "babble.window.steps must be",
                            "babble.clip must");
            assertThat(data).doesNotExist();
        }
    }

    @Test
    void refusesOptionsOfNeitherBabbleNorFlink() {
        CommandResult result = CommandResult.babble("run", "-Dbable.linger=1 s");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err().strip())
                .isEqualTo("babble run: bable.linger is neither an option of Babble nor one of Flink");
    }

    @Test
    void namesAFileThatIsMissingOrNotYaml() throws IOException {
        assertThat(CommandResult.babble("run", "--config", "nothing.yaml").err().strip())
                .isEqualTo("babble run: Cannot read nothing.yaml: choose another file with --config");
        Path file = write("babble: [");
        CommandResult result = CommandResult.babble("run", "--config", file.toString());
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).startsWith("babble run: " + file + " is not a YAML file of options: ");
        assertThat(CommandResult.babble(
                                "run", "--config", write("babble: \"hunter2").toString())
                        .err())
                .contains("is not a YAML file of options")
                .doesNotContain("hunter2");
        assertThat(result.err().lines()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"publish pom.xml", "read", "prompt x"})
    void clientsTakeTheBrokerFromAFile(String command) throws IOException {
        Path file = write(
                """
                babble.kafka:
                  bootstrap.servers: 127.0.0.1:1
                  default.api.timeout.ms: 300
                  request.timeout.ms: 200
                """);
        CommandResult result = CommandResult.babble((command + " --config " + file).split(" ", -1));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("No Kafka broker answers at 127.0.0.1:1:");
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("babble.yaml"), yaml);
    }

    @Test
    void theShapeOfASavedModelOverridesTheFileButNotTheCommandLine() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "to be or not to be, ".repeat(20));
        String model = folder.resolve("m.babble").toString();
        String small =
                write("babble:\n  model:\n    hidden: 4\n    embedding: 3\n").toString();
        assertThat(CommandResult.babble("learn", text.toString(), "--save", model, "--config", small)
                        .exitCode())
                .isZero();
        String other = write("babble.model.hidden: 9\n").toString();

        assertThat(CommandResult.babble("write", "--model", model, "--length", "3", "--config", other)
                        .exitCode())
                .isZero();
        assertThat(CommandResult.babble("learn", text.toString(), "--from", model, "--config", other)
                        .exitCode())
                .isZero();
        assertThat(CommandResult.babble("write", "--model", model, "-Dbabble.model.hidden=9")
                        .err())
                .contains("another shape");
    }

    @Test
    void whatLearnAndBenchmarksCannotUseIsRefused() {
        CommandResult learn = CommandResult.babble("learn", "pom.xml", "-Dbabble.learning=false");
        assertThat(learn.exitCode()).isEqualTo(2);
        assertThat(learn.err()).contains("babble.learning is false");

        CommandResult bench = CommandResult.babble("bench", "-Dbabble.model.hidden=9");
        assertThat(bench.exitCode()).isEqualTo(2);
        assertThat(bench.err()).contains("-Dbabble.model.hidden has no effect here");
    }
}
