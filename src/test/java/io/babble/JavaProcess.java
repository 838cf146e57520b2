package io.babble;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A JVM of its own, to be stopped and killed. What it prints goes to files, which stay. */
public final class JavaProcess implements AutoCloseable {
    /**
     * Of a JVM that lives for seconds or computes little: the optimizing compiler takes half the CPU time of such a
     * one.
     */
    private static final List<String> QUICK_TO_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final Path out;
    private final Path err;

    private JavaProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /**
     * Starts it.
     *
     * @param files what it prints goes there, with .out and .err behind
     * @param classPath what it may load
     * @param jvm options of the JVM; it opens the same packages as this one
     * @param call main class and arguments
     */
    public static JavaProcess start(Path files, String classPath, List<String> jvm, List<String> call) {
        return start(files, Map.of(), classPath, jvm, call);
    }

    /**
     * As {@link #start(Path, String, List, List)}.
     *
     * @param environment variables beside those of this JVM
     */
    public static JavaProcess start(
            Path files, Map<String, String> environment, String classPath, List<String> jvm, List<String> call) {
        Path out = Path.of(files + ".out");
        Path err = Path.of(files + ".err");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens"))
                .forEach(command::add);
        // A test library brings a configuration of its own.
        command.add("-Dlog4j2.configurationFile="
                + Path.of("target", "classes", "log4j2.xml").toAbsolutePath());
        command.addAll(jvm);
        command.addAll(List.of("-cp", classPath));
        command.addAll(call);
        try {
            Files.createDirectories(out.toAbsolutePath().getParent());
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            return new JavaProcess(builder.start(), out, err);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Options of a JVM that lives for seconds or computes little. */
    public static List<String> quickToStart(String... more) {
        return Stream.concat(QUICK_TO_START.stream(), Arrays.stream(more)).toList();
    }

    /** The class path of this JVM. */
    public static String classPath() {
        return System.getProperty("java.class.path");
    }

    /** The entries of this JVM's class path that are wanted. */
    public static String classPath(Predicate<String> wanted) {
        return Arrays.stream(classPath().split(File.pathSeparator))
                .filter(wanted)
                .collect(joining(File.pathSeparator));
    }

    public int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            kill();
        }
        return process.waitFor();
    }

    /** Waits until it takes connections. */
    public JavaProcess awaitListening(int port) {
        Awaitility.await().atMost(PATIENCE).until(() -> listens(port) || !isAlive());
        assertThat(isAlive()).as(out() + err()).isTrue();
        return this;
    }

    /** Connects: a look by listening there could be in the way of the process, or meet its own look. */
    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Calls {@code then} when it has ended, however that came. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback is all
    public void onExit(Runnable then) {
        process.onExit().thenRun(then);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** As kill does. */
    public void terminate() {
        process.destroy();
    }

    /** As kill -9 does; it is gone when this returns. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** As kill -STOP does: it does nothing any more, and keeps its memory and its connections. */
    public void suspend() {
        signal("STOP");
    }

    /** As kill -CONT does: it goes on as if no time had passed. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid())
                    .start()
                    .waitFor();
            assertThat(exit).isZero();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public String out() {
        return read(out);
    }

    public String err() {
        return read(err);
    }

    @Override
    public void close() {
        kill();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
