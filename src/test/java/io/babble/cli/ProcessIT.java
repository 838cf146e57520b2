package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.JavaProcess;
import io.babble.files.ModelFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a command makes of signals, the locale, its memory and where its output goes. */
@EnabledOnOs(OS.LINUX)
class ProcessIT {
    private static final String TEXT = "Schöne Tage kommen wieder, und wer wartet, der sieht sie. ";
    private static final String[] SMALL = {"-Dbabble.model.hidden=4", "-Dbabble.threads=1"};

    @TempDir
    Path folder;

    @Test
    void aSignalSavesTheModelAsItIs() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), TEXT.repeat(20));
        Path model = folder.resolve("m.babble");
        BabbleProcess learning =
                learn("learn", text.toString(), "--save", model.toString(), "--epochs", "1000000", SMALL[0], SMALL[1]);
        learning.awaitOutput("epoch 2 ");
        learning.terminate();

        assertThat(learning.exitCode()).isEqualTo(130);
        assertThat(learning.err()).matches("(?s).*Stopped in epoch \\d+: \\Q" + model + "\\E has the newest model\n");
        assertThat(ModelFile.read(model).symbols()).isGreaterThanOrEqualTo(2L * Files.size(text));
    }

    @Test
    void aSignalKeepsTheBestModel() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), TEXT.repeat(20));
        Path model = folder.resolve("m.babble");
        List<String> call = new ArrayList<>(List.of("learn", text.toString(), "--save", model.toString()));
        call.addAll(List.of("--validate", ".1", "--epochs", "1000000", SMALL[0], SMALL[1]));
        // It learns nothing, so that the first model remains the best.
        call.add("-Dbabble.learning-rate=1e-30");
        BabbleProcess learning = learn(call.toArray(String[]::new));
        learning.awaitOutput("epoch 2 ");
        learning.terminate();

        assertThat(learning.exitCode()).isEqualTo(130);
        assertThat(learning.err()).endsWith(model + " has the best model\n");
        assertThat(ModelFile.read(model).symbols()).isLessThan(Files.size(text));
    }

    private BabbleProcess learn(String... call) {
        return new BabbleProcess(folder.resolve("learn"), List.of(call));
    }

    @Test
    void aFullDiskIsAFailure() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), TEXT);
        Path model = folder.resolve("m.babble");
        assertThat(CommandResult.babble("learn", text.toString(), "--save", model.toString(), SMALL[0], SMALL[1])
                        .exitCode())
                .isZero();
        Files.createSymbolicLink(folder.resolve("full.out"), Path.of("/dev/full"));
        BabbleProcess inspect = new BabbleProcess(folder.resolve("full"), List.of("inspect", model.toString()));

        assertThat(inspect.exitCode()).isEqualTo(1);
        assertThat(inspect.err()).isEqualTo("babble: Cannot write to standard output: No space left on device\n");
    }

    @Test
    void aReaderThatNeedsNoMoreIsNoFailure() throws Exception {
        assertThat(shell(java() + " --help | head -n 1; echo ${PIPESTATUS[0]}")).endsWith("0\n");
    }

    @Test
    void argumentsThatTheLocaleCannotRepresentAreRefused() throws Exception {
        assertThat(shell("LC_ALL=C " + java() + " prompt $(printf '\\320\\237'); echo $?"))
                .isEqualTo("babble: The locale's encoding (ANSI_X3.4-1968) cannot represent the arguments:"
                        + " set LC_ALL=C.UTF-8\n2\n");
    }

    @Test
    void tooLittleMemoryIsSaidInOneLine() throws Exception {
        BabbleProcess learning = new BabbleProcess(
                folder.resolve("small"), "64m", List.of("learn", "pom.xml", "-Dbabble.model.hidden=2000"));

        assertThat(learning.exitCode()).isEqualTo(1);
        assertThat(learning.err()).startsWith("babble: Not enough memory (").endsWith("with -Xmx1g\n");
        assertThat(learning.err().lines()).hasSize(1);
    }

    @Test
    void aHeapThatIsTooSmallForAnyCommandIsRefused() throws Exception {
        BabbleProcess help = new BabbleProcess(folder.resolve("tiny"), "24m", List.of("--help"));

        assertThat(help.exitCode()).isEqualTo(1);
        assertThat(help.err()).matches("babble: Java has a heap of only \\d+ MiB: give it more, as with -Xmx1g\n");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java") + " -cp '" + JavaProcess.classPath() + "' "
                + Babble.class.getName();
    }

    private static String shell(String command) throws Exception {
        Process process = new ProcessBuilder("bash", "-c", command)
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
