package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    private final JavaProcess process;

    /**
     * Starts it.
     *
     * @param files what it prints goes there, with .out and .err behind
     * @param call command and arguments; the last of two values of an option of the job is taken
     */
    BabbleProcess(Path files, List<String> call) {
        List<String> command = new ArrayList<>(List.of("io.babble.cli.Babble"));
        command.addAll(call);
        process = JavaProcess.start(files, JavaProcess.classPath(), List.of("-Xmx1g"), command);
    }

    int exitCode() throws InterruptedException {
        return process.exitCode();
    }

    /** As kill does. */
    void terminate() {
        process.terminate();
    }

    /** As kill -9 does. */
    void kill() {
        process.kill();
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
        return process.out();
    }

    String err() {
        return process.err();
    }
}
