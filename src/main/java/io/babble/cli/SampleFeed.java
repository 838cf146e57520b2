package io.babble.cli;

import io.babble.records.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The samples' topic, from now on or from its beginning. */
final class SampleFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SampleFeed.class);

    private final Consumer<byte[], byte[]> consumer;

    /**
     * Knows its place when it is made: what is written afterwards is not missed.
     *
     * @throws CommandFailed when no broker answers, or the topic does not exist
     */
    SampleFeed(Broker broker, String topic, boolean fromBeginning) {
        List<TopicPartition> partitions = broker.partitions(topic);
        consumer = broker.consumer();
        consumer.assign(partitions);
        if (fromBeginning) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
        }
        partitions.forEach(consumer::position);
    }

    /** Those that came within the time; what is no sample is left out. */
    List<Sample> poll(Duration patience) {
        List<Sample> samples = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
            try {
                samples.add(Sample.fromJson(record.value() == null ? new byte[0] : record.value()));
            } catch (IllegalArgumentException e) {
                LOG.warn(
                        "Skipped {}-{} at {}: {}", record.topic(), record.partition(), record.offset(), e.getMessage());
            }
        }
        return samples;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
