package io.babble.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Publishes known text and prompts all the time, each record once and in order whatever happens to the broker: the
 * account that a job's totals are held against.
 */
final class Publisher implements AutoCloseable {
    private static final int STREAMS = 6;
    private static final int TICKS_PER_SECOND = 20;
    /** Of the streams, one that ends now and then and begins anew. */
    private static final String SHORT_LIVED = "short-lived";

    private static final int ENGLISH = 500;
    private static final byte[] FOREIGN = "Größe 大きさ 🦜 ".getBytes(UTF_8);
    private static final byte NEVER_UTF_8 = (byte) 0xFF;
    private static final int PARAGRAPH = ENGLISH + FOREIGN.length + 1;

    private final Topics topics;
    private final Random random;
    private final int bytesPerTick;
    private final int longest;
    private final int promptEveryTicks;
    private final byte[] source = source();
    private final KafkaProducer<byte[], byte[]> producer;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledFuture<?> ticking;

    private final Map<String, Integer> lengths = new HashMap<>();
    private final List<String> prompts = new ArrayList<>();
    private final AtomicLong published = new AtomicLong();
    private volatile Exception failure;
    private int ticks;
    private int due;

    /**
     * Begins to publish.
     *
     * @param longest record of text, in bytes
     */
    Publisher(
            String bootstrapServers,
            Topics topics,
            Random random,
            int bytesPerSecond,
            int longest,
            int secondsPerPrompt) {
        this.topics = topics;
        this.random = random;
        this.longest = longest;
        bytesPerTick = bytesPerSecond / TICKS_PER_SECOND;
        promptEveryTicks = secondsPerPrompt * TICKS_PER_SECOND;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "delivery.timeout.ms", "600000", "linger.ms", "0"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        ticking = clock.scheduleAtFixedRate(this::tick, 0, 1_000 / TICKS_PER_SECOND, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        if (ticks++ % promptEveryTicks == 0) {
            ask();
        }
        for (due += bytesPerTick; due > 0; ) {
            // as many short records as long ones, in orders of magnitude
            due -= publish((int) Math.pow(longest, random.nextDouble()));
        }
    }

    /** One record, cut anywhere, also within a character. */
    private int publish(int length) {
        int kind = random.nextInt(STREAMS + 2);
        if (kind == STREAMS) {
            byte[] whole = "%x – „Größe“ 大きさ 🦜".formatted(random.nextLong()).getBytes(UTF_8);
            return send(null, whole);
        }
        if (kind == STREAMS + 1) {
            send(SHORT_LIVED, random.nextInt(10) == 0 ? null : new byte[] {(byte) ('a' + random.nextInt(26))});
            return 1;
        }
        String stream = "stream-" + kind;
        int sent = lengths.getOrDefault(stream, 0);
        int begin = (kind * (source.length / PARAGRAPH / STREAMS) * PARAGRAPH + sent) % source.length;
        byte[] text = Arrays.copyOfRange(source, begin, Math.min(source.length, begin + length));
        lengths.put(stream, sent + text.length);
        return send(stream, text);
    }

    private int send(String stream, byte[] text) {
        send(topics.text(), stream == null ? null : stream.getBytes(UTF_8), text);
        int length = text == null ? 0 : text.length;
        published.addAndGet(length);
        return length;
    }

    private void ask() {
        String id = "prompt-" + prompts.size();
        prompts.add(id);
        Prompt prompt = new Prompt(
                id, "What now? ", 50 + random.nextInt(400), 0.8, 0, 1, random.nextLong(), null, Origin.PROMPT);
        send(topics.prompts(), id.getBytes(UTF_8), prompt.toJson());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback tells of failures
    private void send(String topic, byte[] key, byte[] value) {
        producer.send(
                new ProducerRecord<>(topic, key, value), (metadata, e) -> failure = failure == null ? e : failure);
    }

    /** Paragraphs in several scripts, so that records end within characters, and some bytes that are no text. */
    private static byte[] source() {
        try (InputStream text = Publisher.class.getResourceAsStream("/io/babble/files/tinyshakespeare.txt")) {
            ByteArrayOutputStream source = new ByteArrayOutputStream();
            byte[] english = text.readAllBytes();
            for (int begin = 0; begin + ENGLISH <= english.length; begin += ENGLISH) {
                source.write(english, begin, ENGLISH);
                source.writeBytes(FOREIGN);
                source.write(NEVER_UTF_8);
            }
            return source.toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Bytes of text so far. */
    long published() {
        return published.get();
    }

    /** Publishes no more; what was published has arrived when this returns. */
    void stop() throws InterruptedException {
        ticking.cancel(false);
        clock.shutdown();
        if (!clock.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new AssertionError("The publisher does not stop");
        }
        producer.flush();
        assertThat(failure).isNull();
    }

    /** The ids of all prompts. */
    List<String> prompts() {
        return prompts;
    }

    @Override
    public void close() {
        clock.shutdownNow();
        producer.close();
    }
}
