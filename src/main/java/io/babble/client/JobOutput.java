package io.babble.client;

import io.babble.records.Report;
import io.babble.records.Sample;
import io.babble.records.Topics;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads the reports and samples that a job writes from now on. */
public final class JobOutput implements AutoCloseable {
    private final String reports;
    private final TopicFeed feed;
    private final Consumer<Report> onReport;
    private final Consumer<Sample> onSample;

    /** Fetches the end offsets now, so that it misses nothing that is written afterwards. */
    public JobOutput(KafkaClients clients, Topics topics, Consumer<Report> onReport, Consumer<Sample> onSample) {
        reports = topics.reports();
        feed = new TopicFeed(clients, List.of(topics.reports(), topics.samples()), false);
        this.onReport = onReport;
        this.onSample = onSample;
    }

    /** Passes on the reports and samples that arrive within the timeout. Records of other kinds are skipped. */
    public void poll(Duration timeout) {
        for (ConsumerRecord<byte[], byte[]> record : feed.poll(timeout)) {
            if (record.topic().equals(reports)) {
                TopicFeed.parse(record, Report::fromJson).ifPresent(onReport);
            } else {
                TopicFeed.parse(record, Sample::fromJson).ifPresent(onSample);
            }
        }
    }

    @Override
    public void close() {
        feed.close();
    }
}
