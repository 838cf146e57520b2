package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.JavaProcess;
import io.babble.ListeningSockets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A command as a process of its own, which tests can stop and kill. */
final class BabbleProcess {
    /** Options of a job that writes its first sample and checkpoint soon. */
    static final List<String> SMALL_AND_QUICK = List.of(
            "-Dbabble.model.hidden=16",
            "-Dbabble.model.embedding=8",
            "-Dbabble.model.layers=1",
            "-Dbabble.samples.every=1000",
            "-Dbabble.samples.length=20",
            "-Dexecution.checkpointing.interval=500 ms");

    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final JavaProcess process;

    /**
     * Starts the process.
     *
     * @param output path of the files for its output, without .out and .err
     * @param call command and arguments; later values of an option override earlier ones
     */
    BabbleProcess(Path output, List<String> call) {
        this(output, "1g", call);
    }

    /**
     * As {@link #BabbleProcess(Path, List)}.
     *
     * @param heap most heap memory, as for {@code -Xmx}
     */
    BabbleProcess(Path output, String heap, List<String> call) {
        this(output, heap, Map.of(), call);
    }

    /**
     * As {@link #BabbleProcess(Path, String, List)}.
     *
     * @param environment variables beside those of this process
     */
    BabbleProcess(Path output, String heap, Map<String, String> environment, List<String> call) {
        List<String> command = new ArrayList<>(List.of("io.babble.cli.Babble"));
        command.addAll(call);
        process = JavaProcess.start(
                output, environment, JavaProcess.classPath(), JavaProcess.quickToStart("-Xmx" + heap), command);
    }

    int exitCode() throws InterruptedException {
        return process.exitCode();
    }

    /** Addresses on which other machines can connect to it. */
    List<String> reachableFromOutside() throws IOException {
        return ListeningSockets.reachableFromOutside(process.pid());
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.terminate();
    }

    /** Sends SIGKILL. */
    void kill() {
        process.kill();
    }

    void awaitOutput(String expected) {
        Awaitility.await().atMost(TIMEOUT).until(() -> out().contains(expected) || !process.isAlive());
        assertThat(out()).as(outAndErr()).contains(expected);
    }

    Matcher find(Pattern pattern) {
        Matcher matcher = pattern.matcher(out());
        assertThat(matcher.find()).as(outAndErr()).isTrue();
        return matcher;
    }

    String lastLine() {
        List<String> lines = out().lines().toList();
        return lines.get(lines.size() - 1);
    }

    String outAndErr() {
        return out() + err();
    }

    String out() {
        return process.out();
    }

    String err() {
        return process.err();
    }
}
