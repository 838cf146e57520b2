package io.babble.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.HostilePrompts.Fate;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.records.DeadLetterSerializer;
import io.babble.records.Prompt;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.CompressionType;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that nobody should send, at volume: {@code -Dhostile.records=N} records of text and a quarter as many
 * prompts, the same ones again with {@code -Dhostile.seed=N}.
 */
class HostileIT {
    private static final int RECORDS = Integer.getInteger("hostile.records", 10_000);
    private static final long SEED = Long.getLong("hostile.seed", System.nanoTime());
    private static final int STREAMS_MAX = 1_000;
    private static final int PENDING_MAX = 64 << 10;
    private static final int PROMPTS_MAX_WAITING = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(2).plusMillis(2L * RECORDS);

    @TempDir
    static Path folder;

    private static Stage stage;

    @BeforeAll
    static void start() {
        stage = new Stage(
                folder, new Configuration().set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(2)));
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @Test
    void everyRecordIsAccountedForWithinTheBounds() {
        System.out.printf("%d hostile records and %d prompts, seed %d%n", RECORDS, RECORDS / 4, SEED);
        HostileRecords text = new HostileRecords(SEED);
        HostilePrompts prompts = new HostilePrompts(SEED);
        try (Service service = service().started()) {
            long heap = usedHeap();
            long pointers = Pointer.totalBytes();

            publish(service, text, prompts);
            service.awaitReport("some text learned", PATIENCE, last -> last.symbols() > 0);
            stage.loseTaskManager();
            publish(service, text, prompts);
            pushOut(service, text);
            service.awaitReport(
                    "all text learned", PATIENCE, last -> last.accepted() == text.accepted() && last.pending() == 0);

            assertThat(service.lastReport().dead()).isEqualTo(text.deadBytes());
            assertThat(service.reports()).allSatisfy(report -> {
                assertThat(report.accepted()).isEqualTo(report.symbols() + report.pending() + report.dead());
                assertThat(report.streams()).isLessThanOrEqualTo(STREAMS_MAX);
                assertThat(report.pending()).isLessThanOrEqualTo(PENDING_MAX);
            });
            assertThatPromptsMeetTheirFate(service, prompts);
            assertThatDeadLettersAreThoseThatMustBe(service, text, prompts);
            service.checkpoint();
            assertThat(service.failure()).contains("The TaskExecutor is shutting down.");
            var checkpoints = service.checkpoints();
            assertThat(checkpoints.getCounts().getNumberOfRestoredCheckpoints()).isEqualTo(1);
            long largest = checkpoints.getSummaryStats().getStateSizeStats().getMaximum();
            assertThat(largest).isLessThan(mostState(service.settings()));
            long grown = usedHeap() - heap;
            System.out.printf(
                    "%d checkpoints, at most %d bytes of %d; heap grew by %d bytes, pointers by %d; process %d MiB%n",
                    checkpoints.getCounts().getNumberOfCompletedCheckpoints(),
                    largest,
                    mostState(service.settings()),
                    grown,
                    Pointer.totalBytes() - pointers,
                    Pointer.physicalBytes() >> 20);
            assertThat(grown).isLessThan(mostState(service.settings()) + (64 << 20));
            assertThat(Pointer.totalBytes() - pointers).isLessThan(1 << 20);
        }
    }

    private static Service service() {
        return stage.service(
                "hostile",
                1,
                "delivery",
                "exactly-once",
                "window.lanes",
                "16",
                "window.steps",
                "16",
                "text.max-bytes",
                Integer.toString(HostileRecords.MAX_BYTES),
                "streams.max",
                Integer.toString(STREAMS_MAX),
                "pending.max",
                Integer.toString(PENDING_MAX),
                "prompts.max-waiting",
                Integer.toString(PROMPTS_MAX_WAITING));
    }

    /** Half of all, in batches of every compression that there is. */
    private static void publish(Service service, HostileRecords text, HostilePrompts prompts) {
        for (CompressionType compression : CompressionType.values()) {
            service.compress(compression);
            for (int i = 0; i < RECORDS / 2 / CompressionType.values().length; i++) {
                HostileRecords.Raw record = text.next();
                service.publishRaw(record.key(), record.value());
                if (i % 4 == 0) {
                    HostileRecords.Raw prompt = prompts.next();
                    service.askRaw(prompt.key(), prompt.value());
                }
            }
        }
    }

    private static void pushOut(Service service, HostileRecords text) {
        for (int i = 0; i < STREAMS_MAX; i++) {
            HostileRecords.Raw record = text.last(i);
            service.publishRaw(record.key(), record.value());
        }
    }

    /** Each prompt that has an id ends once, with text, with what is wrong about it, or because too many wait. */
    private static void assertThatPromptsMeetTheirFate(Service service, HostilePrompts prompts) {
        Map<Integer, String> ends = new HashMap<>();
        long[] read = {0};
        long expected =
                prompts.fates().stream().filter(fate -> fate != Fate.DEAD).count();
        service.await("all prompts answered", PATIENCE, () -> {
            read[0] = service.readSamples(read[0], sample -> {
                int number = HostilePrompts.number(sample.id());
                if (sample.done()) {
                    String error = sample.error() == null ? "" : sample.error();
                    assertThat(ends.put(number, error)).as(sample.id()).isNull();
                }
            });
            return ends.size() >= expected;
        });
        ends.forEach((number, error) -> {
            Fate fate = prompts.fates().get(number);
            boolean answered = error.isEmpty() || error.startsWith("Busy");
            assertThat(fate).as("prompt " + number + ": " + error).isEqualTo(answered ? Fate.ANSWERED : Fate.REFUSED);
        });
        assertThat(ends.values()).contains("").hasSize((int) expected);
    }

    private static void assertThatDeadLettersAreThoseThatMustBe(
            Service service, HostileRecords text, HostilePrompts prompts) {
        BitSet records = new BitSet();
        BitSet unreadable = new BitSet();
        long[] bytes = {0};
        service.readDeadLetters(letter -> {
            int offset = Integer.parseInt(header(letter, DeadLetterSerializer.OFFSET));
            if (header(letter, DeadLetterSerializer.TOPIC).endsWith(".prompts")) {
                unreadable.set(offset);
            } else if (header(letter, DeadLetterSerializer.ERROR).matches("A (record of text|stream's name) must .*")) {
                records.set(offset);
                assertThatItIsWholeOrSaysWhatItWas(letter);
            } else {
                bytes[0] += letter.value().length;
            }
        });
        assertThat(unreadable).isEqualTo(prompts.dead());
        assertThat(records).isEqualTo(text.deadRecords());
        assertThat(bytes[0]).isEqualTo(text.deadBytes());
    }

    /** Every record that is longer than a letter is all zeros. */
    private static void assertThatItIsWholeOrSaysWhatItWas(ConsumerRecord<byte[], byte[]> letter) {
        if (letter.headers().lastHeader(DeadLetterSerializer.TRUNCATED) == null) {
            return;
        }
        String was = header(letter, DeadLetterSerializer.TRUNCATED);
        int length = Integer.parseInt(was.substring(was.lastIndexOf(' ') + 1));
        int kept = letter.value() == null ? 0 : letter.value().length;
        if (length > kept) {
            assertThat(header(letter, DeadLetterSerializer.SHA_256)).isEqualTo(sha256(new byte[length]));
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), UTF_8);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * What the README says of a checkpoint, a prompt at its longest, and half a MiB for Kafka's offsets and Flink's
     * own.
     */
    private static long mostState(Settings settings) {
        long state = 4L * settings.shape().stateLength();
        long stream = state + 1_024 + 200;
        long prompt = state + 4 * (Prompt.MAX_PROMPT + 2 * Prompt.MAX_STOP) + 1_000;
        return 2 * STREAMS_MAX * stream
                + 45L * PENDING_MAX
                + 4 * 4L * settings.shape().parameters()
                + (PROMPTS_MAX_WAITING + settings.get(Options.PROMPTS_MAX_ACTIVE)) * prompt
                + (1 << 19);
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
