package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobOptionsTest {
    @TempDir
    Path folder;

    @Test
    void aFileMayBeFlatOrNested() throws IOException {
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
    void everythingWrongIsSaidAtOnceBeforeAnythingStarts() throws IOException {
        Path file = write("babble.window.lane: 8\nbabble.window.steps: 0\n");
        for (String command : new String[] {"demo", "run"}) {
            Path data = folder.resolve("data");
            Ran ran = Ran.babble(
                    command,
                    "--config",
                    file.toString(),
                    "-Dbabble.clip=maybe",
                    "-Dbabble.log.file=" + folder.resolve("log"),
                    "--data",
                    data.toString());
            assertThat(ran.exitCode()).isEqualTo(2);
            assertThat(ran.err().lines()).hasSize(1);
            assertThat(ran.err())
                    .contains(
                            "babble.window.lane is no option of Babble",
                            "babble.window.steps must be",
                            "babble.clip must");
            assertThat(data).doesNotExist();
        }
    }

    @Test
    void whatIsNobodysOptionIsRefused() {
        Ran ran = Ran.babble("run", "-Dbable.linger=1 s");
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err().strip())
                .isEqualTo("babble run: bable.linger is neither an option of Babble nor one of Flink");
    }

    @Test
    void aFileThatIsNotThereOrNotYamlIsNamed() throws IOException {
        assertThat(Ran.babble("run", "--config", "nothing.yaml").err().strip())
                .isEqualTo("babble run: Cannot read nothing.yaml: name another file with --config");
        Path file = write("babble: [");
        Ran ran = Ran.babble("run", "--config", file.toString());
        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.err()).startsWith("babble run: " + file + " is no YAML of options: ");
        assertThat(ran.err().lines()).hasSize(1);
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("babble.yaml"), yaml);
    }
}
