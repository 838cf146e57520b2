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

/** Finds reports that were made earlier. */
public final class PastReports {
    private static final Duration SEARCHED = Duration.ofMinutes(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private PastReports() {}

    /** The last report made before {@code time}, if one was made in the minute before. */
    public static Optional<Report> lastBefore(Instant time, KafkaClients clients, String topic) {
        List<TopicPartition> partitions = clients.partitions(topic);
        Optional<Report> last = Optional.empty();
        try (var consumer = clients.consumer()) {
            consumer.assign(partitions);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
            Map<TopicPartition, OffsetAndTimestamp> begin = consumer.offsetsForTimes(partitions.stream()
                    .collect(Collectors.toMap(partition -> partition, partition -> time.minus(SEARCHED)
                            .toEpochMilli())));
            for (TopicPartition partition : partitions) {
                OffsetAndTimestamp first = begin.get(partition);
                consumer.seek(partition, first == null ? end.get(partition) : first.offset());
            }
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < end.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(TIMEOUT)) {
                    Optional<Report> report = TopicFeed.parse(record, Report::fromJson)
                            .filter(found -> found.at() <= time.toEpochMilli());
                    last = report.isPresent() ? report : last;
                }
            }
        }
        return last;
    }
}
