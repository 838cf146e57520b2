package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A command as its user has it: a process of its own, to be stopped and killed. */
final class BabbleProcess {
    /** A job that soon has something to show. */
    static final List<String> SMALL_AND_QUICK = List.of(
            "-Dbabble.model.hidden=16",
            "-Dbabble.model.embedding=8",
            "-Dbabble.model.layers=1",
            "-Dbabble.samples.every=1000",
            "-Dbabble.samples.length=20",
            "-Dexecution.checkpointing.interval=500 ms");

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final Path out;
    private final Path err;

    /**
     * Starts it.
     *
     * @param files what it prints goes there, with .out and .err behind
     * @param call command and arguments; the last of two values of an option of the job is taken
     */
    BabbleProcess(Path files, List<String> call) throws IOException {
        out = Path.of(files + ".out");
        err = Path.of(files + ".err");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens"))
                .forEach(command::add);
        // A test library brings a configuration of its own.
        command.addAll(List.of("-Xmx1g", "-Dlog4j2.configurationFile=log4j2.xml", "-cp"));
        command.addAll(List.of(System.getProperty("java.class.path"), "io.babble.cli.Babble"));
        command.addAll(call);
        process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            kill();
        }
        return process.waitFor();
    }

    /** As kill does. */
    void terminate() {
        process.destroy();
    }

    /** As kill -9 does. */
    void kill() {
        process.destroyForcibly();
    }

    void await(String printed) {
        Awaitility.await().atMost(PATIENCE).until(() -> out().contains(printed) || !process.isAlive());
        assertThat(out()).as(everything()).contains(printed);
    }

    Matcher find(Pattern pattern) {
        Matcher matcher = pattern.matcher(out());
        assertThat(matcher.find()).as(everything()).isTrue();
        return matcher;
    }

    String lastLine() {
        List<String> lines = out().lines().toList();
        return lines.get(lines.size() - 1);
    }

    String everything() {
        return out() + err();
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
