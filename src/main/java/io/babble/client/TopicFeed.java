package io.babble.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of some topics, from now on or from the beginning. */
final class TopicFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicFeed.class);

    private final Consumer<byte[], byte[]> consumer;

    /**
     * Fetches its position now, so that no record written afterwards is missed.
     *
     * @throws TopicException when no broker answers, or a topic does not exist
     */
    TopicFeed(KafkaClients clients, List<String> topics, boolean fromBeginning) {
        List<TopicPartition> partitions = topics.stream()
                .flatMap(topic -> clients.partitions(topic).stream())
                .toList();
        consumer = clients.consumer();
        consumer.assign(partitions);
        if (fromBeginning) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
        }
        partitions.forEach(consumer::position);
    }

    /** The records that come within the time. */
    ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        return consumer.poll(timeout);
    }

    /**
     * The value of a record; empty where another program wrote something else to the topic.
     *
     * @param parse throws {@link IllegalArgumentException} when the bytes are something else
     */
    static <T> Optional<T> parse(ConsumerRecord<byte[], byte[]> record, Function<byte[], T> parse) {
        try {
            return Optional.of(parse.apply(record.value() == null ? new byte[0] : record.value()));
        } catch (IllegalArgumentException e) {
            LOG.warn("Skipped {}-{} at {}: {}", record.topic(), record.partition(), record.offset(), e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
