package io.babble;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The committed records of a topic with one partition: each is read once, and kept. */
public final class ReadTopic<T> implements AutoCloseable {
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);

    private final TopicPartition partition;
    private final Function<ConsumerRecord<byte[], byte[]>, T> parse;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<T> records = new ArrayList<>();

    /** @param parse makes of a record what {@link #all} returns */
    public ReadTopic(String bootstrapServers, String topic, Function<ConsumerRecord<byte[], byte[]>, T> parse) {
        this.parse = parse;
        partition = new TopicPartition(topic, 0);
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
        consumer.seek(partition, 0);
    }

    /** All records that are there now. */
    public synchronized List<T> all() {
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        while (consumer.position(partition) < end) {
            consumer.poll(POLL_TIMEOUT).forEach(record -> records.add(parse.apply(record)));
        }
        return List.copyOf(records);
    }

    @Override
    public synchronized void close() {
        consumer.close();
    }
}
