package io.babble.client;

import io.babble.records.Sample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads samples as they are written, from now on or from the beginning of their topic. */
public final class SampleFeed implements AutoCloseable {
    private final TopicFeed feed;

    /**
     * Fetches the start offsets now, so that it misses no sample that is written afterwards.
     *
     * @throws TopicException when no broker answers, or the topic does not exist
     */
    public SampleFeed(KafkaClients clients, String topic, boolean fromBeginning) {
        feed = new TopicFeed(clients, List.of(topic), fromBeginning);
    }

    /** The samples that arrive within the timeout. Records of other kinds are skipped. */
    public List<Sample> poll(Duration timeout) {
        List<Sample> samples = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : feed.poll(timeout)) {
            TopicFeed.parse(record, Sample::fromJson).ifPresent(samples::add);
        }
        return samples;
    }

    @Override
    public void close() {
        feed.close();
    }
}
