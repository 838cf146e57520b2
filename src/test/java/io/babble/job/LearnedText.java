package io.babble.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.job.savepoint.Savepoint;
import io.babble.job.savepoint.TextOffset;
import io.babble.model.Replay;
import io.babble.text.Alphabet;
import io.babble.text.Bytes;
import io.babble.text.Stream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Proves from a savepoint and the topic that the job has learned each byte of every stream once and in order, whatever
 * became of it meanwhile.
 *
 * <p>The replay buffer keeps each symbol at the moment when it is learned, window by window, and is stored together
 * with the weights. As long as its capacity is larger than all text, it has everything that was ever learned, except
 * text that a null value has made it forget: of that only the length is proved. Behind that come the symbols that wait
 * in the streams' state, and together they must be what the source has read, up to its position within a record. Only
 * bytes that are not UTF-8 may be missing, and there must be as many as the job has counted.
 *
 * <p>That the weights are those that follow from this text is proved only where a job can be repeated, by comparing
 * models in deterministic mode.
 */
public final class LearnedText {
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
    /** Of the replay buffer, as it writes itself. */
    private static final byte VERSION = 3;

    private final Map<String, KeptText> streams = new LinkedHashMap<>();
    private final Savepoint savepoint;
    private final int sharedStreams;
    private long pending;

    private LearnedText(Savepoint savepoint, Settings settings) {
        this.savepoint = savepoint;
        sharedStreams = settings.get(Options.STREAMS_SHARED);
    }

    /**
     * Proves it for a job of the alphabet {@code bytes} whose streams are in one partition each, and ended by a null
     * value only if they are ASCII.
     *
     * @param folder of the savepoint, or of a checkpoint
     */
    public static void assertLearnedOnceAndInOrder(Path folder, Settings settings) throws IOException {
        LearnedText text = new LearnedText(Savepoint.in(folder), settings);
        text.readTopic(settings.kafka().getProperty("bootstrap.servers"));
        text.addLearned(text.savepoint.replay().orElseThrow());
        text.savepoint.streams(text::addPending);
        text.assertAllAccountedFor();
    }

    private void readTopic(String bootstrapServers) throws IOException {
        Map<TopicPartition, TextOffset> offsets = new LinkedHashMap<>();
        for (TextOffset offset : savepoint.textOffsets()) {
            offsets.put(new TopicPartition(offset.topic(), offset.partition()), offset);
        }
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(offsets.keySet());
            consumer.seekToBeginning(offsets.keySet());
            while (offsets.entrySet().stream()
                    .anyMatch(read -> consumer.position(read.getKey()) < end(read.getValue()))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL_TIMEOUT)) {
                    add(record, offsets.get(new TopicPartition(record.topic(), record.partition())));
                }
            }
        }
    }

    private static long end(TextOffset read) {
        return read.bytes() == 0 ? read.offset() : read.offset() + 1;
    }

    private void add(ConsumerRecord<byte[], byte[]> record, TextOffset read) {
        if (record.offset() >= end(read)) {
            return;
        }
        String name = record.key() == null
                ? "shared/" + record.topic() + "/" + record.partition() + "/" + record.offset() % sharedStreams
                : "key/" + new String(record.key(), UTF_8);
        KeptText stream = streams.computeIfAbsent(name, KeptText::new);
        if (record.value() == null) {
            stream.mayBeForgotten();
        } else {
            int length = record.offset() == read.offset() ? read.bytes() : record.value().length;
            stream.add(record.value(), length);
        }
    }

    private void addLearned(Replay replay) throws IOException {
        Map<Long, KeptText> byId = new HashMap<>();
        streams.forEach((name, stream) -> byId.put(id(name), stream));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        replay.write(new DataOutputStream(bytes));
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        assertThat(in.readByte()).isEqualTo(VERSION);
        in.skipNBytes(2 * Long.BYTES); // random state, symbols replayed
        for (int left = in.readInt(); left > 0; left--) {
            addPassage(byId.get(in.readLong()), in);
        }
        for (int left = in.readInt(); left > 0; left--) {
            addPassage(streams.get(in.readUTF()), in);
        }
    }

    /** Of a stream in the replay buffer: 64-bit FNV-1a of the name's UTF-16 code units. */
    private static long id(String name) {
        return name.chars().asLongStream().reduce(0xCBF29CE484222325L, (id, unit) -> (id ^ unit) * 0x100000001B3L);
    }

    /** Adds what was learned in a passage; its first symbol is only the input that precedes. */
    private static void addPassage(KeptText stream, DataInputStream in) throws IOException {
        int length = in.readInt() - 1;
        in.readChar();
        for (int i = 0; i < length; i++) {
            addSymbol(stream, in.readChar());
        }
    }

    private static void addSymbol(KeptText stream, int symbol) {
        if (symbol != Alphabet.END_OF_TEXT) {
            stream.addKept(symbol);
        }
    }

    private void addPending(String name, Stream stream) {
        KeptText read = streams.get(name);
        pending += stream.pendingBytes();
        while (stream.available() > 0) {
            int[] symbols = new int[stream.available()];
            stream.take(Bytes.ALPHABET, symbols.length, 0, 1, new int[symbols.length], symbols);
            stream.learned();
            for (int symbol : symbols) {
                addSymbol(read, symbol);
            }
        }
        read.setUnfinished(stream.pendingBytes());
    }

    private void assertAllAccountedFor() throws IOException {
        long dead = streams.values().stream()
                .mapToLong(KeptText::assertKeptUpToDead)
                .sum();
        long accepted = streams.values().stream().mapToLong(KeptText::length).sum();
        assertThat(savepoint.ledger().accepted()).as("accepted").isEqualTo(accepted);
        assertThat(savepoint.ledger().dead()).as("dead").isEqualTo(dead);
        assertThat(savepoint.model().symbols()).as("learned").isEqualTo(accepted - dead - pending);
    }
}
