package io.babble.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final Pattern SUMMARY =
            Pattern.compile("symbols (\\d+)  bits/byte (\\d\\.\\d{4})  samples (\\d+)  checkpoints (\\d+)");
    private static final Pattern KAFKA = Pattern.compile("Kafka +(127\\.0\\.0\\.1:\\d+)");
    private static final Pattern RESUMING =
            Pattern.compile("Resuming from (chk|savepoint)-\\S+, at about ([\\d,]+) symbols");
    /** What URIs, YAML or a list of paths would change. */
    private static final String DATA = "My data ä#%20?'\"{}[]:&";

    private static final String SENTENCE = "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. ";
    private static final String TEXT = SENTENCE.repeat(50_000);

    private final List<BabbleProcess> started = new ArrayList<>();

    @TempDir
    static Path folder;

    @AfterEach
    void killAll() {
        started.forEach(BabbleProcess::kill);
    }

    @Test
    void resumesAfterAStopAndAfterAKill() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), TEXT);
        BabbleProcess first = demo("first", text);
        first.awaitOutput(" bits/byte   ");
        first.awaitOutput("── version");
        assertThat(first.reachableFromOutside()).isEmpty();
        first.terminate();
        assertThat(first.exitCode()).as(first.outAndErr()).isZero();
        assertThat(first.err()).isEmpty();
        assertThat(first.out()).contains("Starting with an untrained model.");
        Matcher summary = SUMMARY.matcher(first.lastLine());
        assertThat(summary.matches()).as(first.lastLine()).isTrue();
        long symbols = Long.parseLong(summary.group(1));
        assertThat(symbols).isPositive();
        assertThat(Long.parseLong(summary.group(3))).as("samples").isPositive();
        assertThat(Long.parseLong(summary.group(4))).as("checkpoints").isPositive();

        BabbleProcess killed = demo("killed", text);
        killed.awaitOutput(" bits/byte   ");
        assertThat(symbolsAtResume(killed)).isGreaterThanOrEqualTo(symbols);
        Awaitility.await().atMost(TIMEOUT).until(DemoIT::hasCheckpoint);
        killed.kill();
        assertThat(killed.exitCode()).isEqualTo(137);

        BabbleProcess stopped = demo("stopped", text);
        stopped.awaitOutput(" bits/byte   ");
        assertThat(symbolsAtResume(stopped)).as(stopped.out()).isGreaterThanOrEqualTo(symbolsAtResume(killed));
        assertThat(publishedBytes(stopped)).isGreaterThan(symbols);
        stopped.terminate();
        assertThat(stopped.exitCode()).as(stopped.outAndErr()).isZero();
        assertThat(stopped.out()).contains("Stopped. The next start resumes from this savepoint.");

        BabbleProcess other = demo("other", text, "-Dbabble.model.embedding=9");
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.err().lines()).hasSize(1);
        assertThat(other.err()).contains("The model has another shape", "the job was to resume from", "--data");

        Path shortText = Files.writeString(folder.resolve("short.txt"), SENTENCE.repeat(100));
        BabbleProcess fresh = demo("fresh", shortText, "--fresh");
        fresh.awaitOutput("no new text, ");
        deletePublished(fresh);
        fresh.terminate();
        assertThat(fresh.exitCode()).as(fresh.outAndErr()).isZero();
        assertThat(fresh.out())
                .contains("Starting with an untrained model.", "Stopped. The next start resumes from this savepoint.");
        assertThat(fresh.lastLine()).startsWith("symbols " + Files.size(shortText) + "  ");

        BabbleProcess timed = demo("timed", shortText, "--seconds", "1");
        assertThat(timed.exitCode()).as(timed.outAndErr()).isZero();
        assertThat(timed.out()).contains("Resuming from", "Stopped. The next start resumes from this savepoint.");

        long before = Files.size(shortText);
        Files.writeString(shortText, SENTENCE.repeat(150).replace('z', 's'));
        BabbleProcess changed = demo("changed", shortText);
        changed.awaitOutput(String.format(Locale.ROOT, "%,d symbols", before + Files.size(shortText)));
        changed.terminate();
        assertThat(changed.exitCode()).as(changed.outAndErr()).isZero();
        assertThat(changed.lastLine())
                .as("the text whose records are gone is not learned again, the other one of its name is")
                .startsWith("symbols " + (before + Files.size(shortText)) + "  ");
    }

    @Test
    void namesAPortInUseAndItsOption() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(socket.getLocalPort());
            BabbleProcess demo = demo("port", folder.resolve("none.txt"), "--web-port", port);
            assertThat(demo.exitCode()).isEqualTo(1);
            assertThat(demo.err().lines())
                    .containsExactly(
                            "babble demo: Port " + port + " for Flink's web UI is in use: stop the process that"
                                    + " listens on it, or choose another port with --web-port");
        }
    }

    /**
     * Bytes in the text topic. Asserts that each stream is a prefix of its part of the file, without gaps and repeats.
     */
    private static long publishedBytes(BabbleProcess demo) {
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
            Awaitility.await().atMost(TIMEOUT).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> streams.computeIfAbsent(
                                new String(record.key(), UTF_8), key -> new ByteArrayOutputStream())
                        .writeBytes(record.value()));
                return end.entrySet().stream().allMatch(last -> consumer.position(last.getKey()) >= last.getValue());
            });
        }
        assertThat(streams.keySet()).hasSize(4).allMatch(name -> name.matches("text\\.txt-[0-9a-f]{16}-[1-4]-of-4"));
        byte[] text = TEXT.getBytes(UTF_8);
        int from = 0;
        for (ByteArrayOutputStream stream : streams.values()) {
            byte[] published = stream.toByteArray();
            int length = partLength(text, from);
            assertThat(Arrays.mismatch(published, 0, published.length, text, from, from + published.length))
                    .as("first byte of a stream that is not the text's")
                    .isEqualTo(-1);
            from += length;
        }
        return streams.values().stream().mapToLong(ByteArrayOutputStream::size).sum();
    }

    /** As retention does in time. */
    private static void deletePublished(BabbleProcess demo) throws Exception {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", demo.find(KAFKA).group(1)))) {
            admin.deleteRecords(Map.of(
                            new TopicPartition("babble.text", 0), RecordsToDelete.beforeOffset(-1),
                            new TopicPartition("babble.text", 1), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }
    }

    /** Length of a quarter of the text, extended to the end of its last character. */
    private static int partLength(byte[] text, int from) {
        int quarter = Math.round(4f * from / text.length) + 1;
        int to = (int) ((long) text.length * quarter / 4);
        while (to < text.length && (text[to] & 0xC0) == 0x80) {
            to++;
        }
        return to - from;
    }

    private static boolean hasCheckpoint() throws IOException {
        try (var files = Files.walk(folder.resolve(DATA).resolve("flink/checkpoints"))) {
            return files.anyMatch(file -> file.endsWith("_metadata"));
        } catch (java.io.UncheckedIOException | java.nio.file.NoSuchFileException e) {
            return false; // deleted by a newer checkpoint while the folder is listed
        }
    }

    private BabbleProcess demo(String name, Path text, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("demo", "--text", text.toString()));
        command.addAll(List.of("--data", folder.resolve(DATA).toString()));
        for (String port : List.of("--kafka-port", "--web-port", "--metrics-port")) {
            if (!List.of(more).contains(port)) {
                command.addAll(List.of(port, "0"));
            }
        }
        command.addAll(BabbleProcess.SMALL_AND_QUICK);
        command.addAll(List.of(more));
        BabbleProcess process = new BabbleProcess(folder.resolve(name), command);
        started.add(process);
        return process;
    }

    private static long symbolsAtResume(BabbleProcess demo) {
        return Long.parseLong(demo.find(RESUMING).group(2).replace(",", ""));
    }
}
