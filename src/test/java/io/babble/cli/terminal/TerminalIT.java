package io.babble.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.JavaProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class TerminalIT {
    private static final Path SCRIPT = Path.of("/usr/bin/script");

    @TempDir
    Path folder;

    /** Says what it finds, in a file. */
    public static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) throws IOException {
            Files.writeString(Path.of(arguments[0]), Terminal.isOutput() + " " + Terminal.isError());
        }
    }

    /** As in {@code babble read < /dev/null}. */
    @Test
    void aTerminalIsFoundWhateverStandardInputIs() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(SCRIPT), "script(1) makes the terminal");

        assertThat(found(SCRIPT.toString(), "-qec", probe(), "/dev/null")).isEqualTo("true true");
        assertThat(found(SCRIPT.toString(), "-qec", probe() + " | cat", "/dev/null"))
                .isEqualTo("false true");
    }

    @Test
    void aFileAndAPipeAreNone() throws Exception {
        assertThat(found("sh", "-c", probe() + " 2> " + folder.resolve("errors") + " | cat"))
                .isEqualTo("false false");
    }

    private String probe() {
        return Path.of(System.getProperty("java.home"), "bin", "java") + " -cp '" + JavaProcess.classPath() + "' '"
                + Probe.class.getName() + "' " + folder.resolve("found");
    }

    private String found(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return Files.readString(folder.resolve("found"));
    }
}
