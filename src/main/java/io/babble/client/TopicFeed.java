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

/** Reads the records of several topics, from now on or from the beginning. */
final class TopicFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicFeed.class);

    private final Consumer<byte[], byte[]> consumer;

    /**
     * Fetches the start offsets now, so that it misses no record that is written afterwards.
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

    /** The records that arrive within the timeout. */
    ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        return consumer.poll(timeout);
    }

    /**
     * Parses the value of a record. Empty, with a warning in the log, if another program wrote something else to the
     * topic.
     *
     * @param parse throws {@link IllegalArgumentException} when it cannot parse the bytes
     */
    static <T> Optional<T> parse(ConsumerRecord<byte[], byte[]> record, Function<byte[], T> parse) {
        try {
            return Optional.of(parse.apply(record.value() == null ? new byte[0] : record.value()));
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "Skipped the record at {}-{} offset {}: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
