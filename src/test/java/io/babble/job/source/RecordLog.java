package io.babble.job.source;

import io.babble.records.RawRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.TopicPartition;

/** Reads records that are in memory as the Kafka reader would: one at each call, of all its partitions by turns. */
final class RecordLog implements SourceReader<RawRecord, KafkaPartitionSplit> {
    private final List<RawRecord> log;
    /** Offset of the next record to read, by partition; the one that was read last comes last. */
    private final Map<TopicPartition, Long> next = new LinkedHashMap<>();

    RecordLog(List<RawRecord> log) {
        this.log = log;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<RawRecord> output) {
        for (TopicPartition partition : List.copyOf(next.keySet())) {
            Optional<RawRecord> record = first(partition);
            if (record.isPresent()) {
                next.remove(partition);
                next.put(partition, record.get().offset() + 1);
                output.collect(record.get(), record.get().timestamp());
                return InputStatus.MORE_AVAILABLE;
            }
        }
        return InputStatus.NOTHING_AVAILABLE;
    }

    private Optional<RawRecord> first(TopicPartition partition) {
        return log.stream()
                .filter(record -> record.topic().equals(partition.topic())
                        && record.partition() == partition.partition()
                        && record.offset() >= next.get(partition))
                .findFirst();
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
        return next.entrySet().stream()
                .map(split -> new KafkaPartitionSplit(split.getKey(), split.getValue()))
                .toList();
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
        splits.forEach(split -> next.put(split.getTopicPartition(), split.getStartingOffset()));
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return new CompletableFuture<>();
    }

    @Override
    public void start() {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
}
