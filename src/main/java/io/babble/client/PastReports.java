package io.babble.client;

import io.babble.records.Report;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/** Searches the reports topic. */
public final class PastReports {
    private static final Duration MAX_AGE = Duration.ofMinutes(1);
    private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);

    private PastReports() {}

    /** The last report of the minute up to {@code time}; empty if there is none. */
    public static Optional<Report> lastBefore(Instant time, KafkaClients clients, String topic) {
        List<TopicPartition> partitions = clients.partitions(topic);
        Optional<Report> last = Optional.empty();
        try (var consumer = clients.consumer()) {
            consumer.assign(partitions);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
            Map<TopicPartition, OffsetAndTimestamp> begin = consumer.offsetsForTimes(partitions.stream()
                    .collect(Collectors.toMap(partition -> partition, partition -> time.minus(MAX_AGE)
                            .toEpochMilli())));
            for (TopicPartition partition : partitions) {
                OffsetAndTimestamp first = begin.get(partition);
                consumer.seek(partition, first == null ? end.get(partition) : first.offset());
            }
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < end.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL_TIMEOUT)) {
                    Optional<Report> report = TopicFeed.parse(record, Report::fromJson)
                            .filter(candidate -> candidate.at() <= time.toEpochMilli());
                    last = report.isPresent() ? report : last;
                }
            }
        }
        return last;
    }
}
