package io.babble.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as its user has it: a process of its own, to be stopped and killed. */
class DemoIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern SUMMARY =
            Pattern.compile("symbols (\\d+)  bits/byte (\\d\\.\\d{4})  samples (\\d+)  checkpoints (\\d+)");
    private static final Pattern KAFKA = Pattern.compile("Kafka +(127\\.0\\.0\\.1:\\d+)");
    private static final Pattern GOES_ON =
            Pattern.compile("Goes on from (chk|savepoint)-\\S+, at about ([\\d,]+) symbols");
    private static final String TEXT = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. ".repeat(100);

    @TempDir
    static Path folder;

    @Test
    void goesOnWhereItStoppedHoweverItStopped() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), TEXT);
        Demo timed = new Demo("timed", text, "--seconds", "6");
        assertThat(timed.exitCode()).as(timed.everything()).isZero();
        assertThat(timed.err()).isEmpty();
        assertThat(timed.out())
                .contains("Starts anew")
                .contains(" bits/byte   ")
                .contains("── version");
        Matcher summary = SUMMARY.matcher(timed.lastLine());
        assertThat(summary.matches()).as(timed.lastLine()).isTrue();
        long symbols = Long.parseLong(summary.group(1));
        assertThat(symbols).isPositive();
        assertThat(Long.parseLong(summary.group(3))).as("samples").isPositive();
        assertThat(Long.parseLong(summary.group(4))).as("checkpoints").isPositive();

        Demo killed = new Demo("killed", text);
        killed.await(" bits/byte   ");
        assertThat(killed.goesOnAt()).isGreaterThanOrEqualTo(symbols);
        Awaitility.await().atMost(PATIENCE).until(DemoIT::hasCheckpoint);
        killed.process.destroyForcibly();
        assertThat(killed.exitCode()).isEqualTo(137);

        Demo stopped = new Demo("stopped", text);
        stopped.await(" bits/byte   ");
        assertThat(stopped.goesOnAt()).as(stopped.out()).isGreaterThanOrEqualTo(killed.goesOnAt());
        assertThat(publishedBytes(stopped)).isGreaterThan(symbols);
        stopped.process.destroy();
        assertThat(stopped.exitCode()).as(stopped.everything()).isZero();
        assertThat(stopped.out()).contains("Stopped; the next start goes on from here.");

        Demo fresh = new Demo("fresh", text, "--fresh", "--seconds", "1");
        assertThat(fresh.exitCode()).as(fresh.everything()).isZero();
        assertThat(fresh.out()).contains("Starts anew");
    }

    @Test
    void aPortThatIsTakenIsNamedWithItsOption() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            Demo demo = new Demo("port", folder.resolve("none.txt"), "--web-port", port);
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.err().lines())
                    .containsExactly(
                            "babble demo: Port " + port + " for Flink's web UI is taken: stop what listens there,"
                                    + " or choose another one with --web-port");
        }
    }

    /** How much text the topic has; each stream must be its part of the file over and over, without a gap and a repeat. */
    private static long publishedBytes(Demo demo) {
        Map<String, ByteArrayOutputStream> streams = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", demo.find(KAFKA).group(1)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("babble.text").stream()
                    .map(partition -> new TopicPartition("babble.text", partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
            Awaitility.await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> streams.computeIfAbsent(
                                new String(record.key(), UTF_8), key -> new ByteArrayOutputStream())
                        .writeBytes(record.value()));
                return end.entrySet().stream().allMatch(last -> consumer.position(last.getKey()) >= last.getValue());
            });
        }
        assertThat(streams.keySet())
                .containsExactly("text.txt-1-of-4", "text.txt-2-of-4", "text.txt-3-of-4", "text.txt-4-of-4");
        byte[] text = TEXT.getBytes(UTF_8);
        int from = 0;
        for (ByteArrayOutputStream stream : streams.values()) {
            byte[] published = stream.toByteArray();
            int length = partLength(text, from);
            for (int i = 0; i < published.length; i++) {
                assertThat(published[i]).as("byte %d of a stream", i).isEqualTo(text[from + i % length]);
            }
            from += length;
        }
        return streams.values().stream().mapToLong(ByteArrayOutputStream::size).sum();
    }

    /** A part of a quarter that ends with a whole character. */
    private static int partLength(byte[] text, int from) {
        int quarter = Math.round(4f * from / text.length) + 1;
        int to = (int) ((long) text.length * quarter / 4);
        while (to < text.length && (text[to] & 0xC0) == 0x80) {
            to++;
        }
        return to - from;
    }

    private static boolean hasCheckpoint() throws IOException {
        try (var files = Files.walk(folder.resolve("data/flink/checkpoints"))) {
            return files.anyMatch(file -> file.endsWith("_metadata"));
        } catch (java.io.UncheckedIOException | java.nio.file.NoSuchFileException e) {
            return false; // what is being replaced goes away while it is looked at
        }
    }

    /** A process. */
    private static final class Demo {
        private final Process process;
        private final Path out;
        private final Path err;

        Demo(String name, Path text, String... more) throws IOException {
            out = folder.resolve(name + ".out");
            err = folder.resolve(name + ".err");
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                    .filter(argument -> argument.startsWith("--add-opens"))
                    .forEach(command::add);
            // A test library brings a configuration of its own.
            command.addAll(List.of("-Xmx1g", "-Dlog4j2.configurationFile=log4j2.xml", "-cp"));
            command.addAll(List.of(System.getProperty("java.class.path"), "io.babble.cli.Babble", "demo"));
            command.addAll(List.of("--data", folder.resolve("data").toString(), "--text", text.toString()));
            for (String port : List.of("--kafka-port", "--web-port", "--metrics-port")) {
                if (!List.of(more).contains(port)) {
                    command.addAll(List.of(port, "0"));
                }
            }
            command.addAll(
                    List.of("-Dbabble.model.hidden=16", "-Dbabble.model.embedding=8", "-Dbabble.model.layers=1"));
            command.addAll(List.of("-Dbabble.samples.every=1000", "-Dbabble.samples.length=20"));
            command.add("-Dexecution.checkpointing.interval=500 ms");
            command.addAll(List.of(more));
            process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
        }

        int exitCode() throws InterruptedException {
            boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            return process.waitFor();
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

        long goesOnAt() {
            return Long.parseLong(find(GOES_ON).group(2).replace(",", ""));
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
}
