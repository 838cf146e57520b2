package io.babble.cli;

import io.babble.records.Report;
import io.babble.records.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** What a job writes to its topics from now on: reports and samples, as any reader sees them. */
final class JobOutput implements AutoCloseable {
    private static final Duration BEFORE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    private final String reports;
    private final Consumer<Report> toReport;
    private final Consumer<Sample> toSample;

    /** Knows its place when it is made: what is written afterwards is not missed. */
    JobOutput(Broker broker, String reports, String samples, Consumer<Report> toReport, Consumer<Sample> toSample) {
        List<TopicPartition> partitions = Stream.of(reports, samples)
                .flatMap(topic -> broker.partitions(topic).stream())
                .toList();
        this.reports = reports;
        this.toReport = toReport;
        this.toSample = toSample;
        consumer = broker.consumer();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** Hands on what comes within the time. */
    void poll(Duration patience) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
            if (record.topic().equals(reports)) {
                toReport.accept(Report.fromJson(record.value()));
            } else {
                toSample.accept(Sample.fromJson(record.value()));
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }

    /** The last report made before {@code time}, if one was made in the minute before. */
    static Optional<Report> lastReportBefore(Broker broker, String topic, Instant time) {
        List<TopicPartition> partitions = broker.partitions(topic);
        Report last = null;
        try (var consumer = broker.consumer()) {
            consumer.assign(partitions);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
            Map<TopicPartition, OffsetAndTimestamp> begin = consumer.offsetsForTimes(
                    partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> time.minus(BEFORE)
                            .toEpochMilli())));
            for (TopicPartition partition : partitions) {
                OffsetAndTimestamp first = begin.get(partition);
                consumer.seek(partition, first == null ? end.get(partition) : first.offset());
            }
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < end.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(PATIENCE)) {
                    Report report = Report.fromJson(record.value());
                    if (report.at() <= time.toEpochMilli()) {
                        last = report;
                    }
                }
            }
        }
        return Optional.ofNullable(last);
    }
}
