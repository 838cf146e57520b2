package io.babble.cluster;

import io.babble.records.Report;
import io.babble.records.Sample;
import io.babble.records.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;

/** Reads reports and samples as they come, what is committed only. */
final class Reader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final String bootstrapServers;
    private final Topics topics;
    private final List<TopicPartition> partitions;
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::read, "reader");
    private final List<Report> reports = new ArrayList<>();
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

    Reader(String bootstrapServers, Topics topics) {
        this.bootstrapServers = bootstrapServers;
        this.topics = topics;
        consumer = consumer(bootstrapServers);
        partitions = List.of(new TopicPartition(topics.reports(), 0), new TopicPartition(topics.samples(), 0));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.start();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private void read() {
        try (consumer) {
            while (true) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    if (record.topic().equals(topics.reports())) {
                        add(Report.fromJson(record.value()));
                    } else {
                        add(Sample.fromJson(record.value()));
                    }
                }
                for (TopicPartition partition : partitions) {
                    positions.put(partition, consumer.position(partition));
                }
            }
        } catch (WakeupException e) {
            // The reader is closed.
        }
    }

    /** Waits until everything is read that is there now. */
    void readToTheEnd() {
        Map<TopicPartition, Long> ends;
        try (KafkaConsumer<byte[], byte[]> other = consumer(bootstrapServers)) {
            ends = other.endOffsets(partitions);
        }
        Awaitility.await("everything read").atMost(PATIENCE).until(() -> ends.entrySet().stream()
                .allMatch(end -> positions.getOrDefault(end.getKey(), 0L) >= end.getValue()));
    }

    private synchronized void add(Report report) {
        reports.add(report);
    }

    private synchronized void add(Sample sample) {
        samples.computeIfAbsent(sample.id(), id -> new ArrayList<>()).add(sample);
    }

    synchronized List<Report> reports() {
        return List.copyOf(reports);
    }

    synchronized Optional<Report> lastReport() {
        return reports.isEmpty() ? Optional.empty() : Optional.of(reports.get(reports.size() - 1));
    }

    /** The pieces of the text with this id, in the order in which they came. */
    synchronized List<Sample> samples(String id) {
        return List.copyOf(samples.getOrDefault(id, List.of()));
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
