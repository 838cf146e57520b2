package io.babble.job.source;

import io.babble.metrics.SourceMeters;
import io.babble.records.RawRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls one record at a time from the Kafka reader, and emits one piece of it at each call. */
final class PieceReader implements SourceReader<Piece, KafkaPartitionSplit> {
    private static final Logger LOG = LoggerFactory.getLogger(PieceReader.class);

    private final SourceReader<RawRecord, KafkaPartitionSplit> records;
    private final RecordCutter cutter;
    private final SourceMeters meters;
    private final DeletedText deleted;
    private final RecordOutput recordOutput = new RecordOutput();
    /** Splits that were restored with a partly read record, until that record is polled. */
    private final Map<TopicPartition, PieceSplit> restored = new HashMap<>();

    /**
     * The offset of each partition's next record, if none is missing; not known before the first record of a new
     * partition.
     */
    private final Map<TopicPartition, Long> expected = new HashMap<>();

    /** The record that is being cut, or null, and the bytes of its value that were emitted. */
    private RawRecord record;

    private int position;

    PieceReader(
            SourceReader<RawRecord, KafkaPartitionSplit> records,
            RecordCutter cutter,
            SourceMeters meters,
            DeletedText deleted) {
        this.records = records;
        this.cutter = cutter;
        this.meters = meters;
        this.deleted = deleted;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Piece> output) throws Exception {
        if (record == null) {
            InputStatus status = records.pollNext(recordOutput);
            if (record == null) {
                return status;
            }
        }
        output.collect(cutter.piece(record, position));
        position = cutter.end(record, position);
        if (record.value() == null || position == record.value().length) {
            record = null;
        }
        return InputStatus.MORE_AVAILABLE;
    }

    private void begin(RawRecord next) {
        record = next;
        TopicPartition partition = new TopicPartition(next.topic(), next.partition());
        Long offset = expected.put(partition, next.offset() + 1);
        if (offset != null && offset < next.offset()) {
            deleted.jumped(partition, offset, next.offset());
        }
        PieceSplit split = restored.remove(partition);
        position = split != null && split.getStartingOffset() == next.offset() ? resumedPosition(split) : 0;
    }

    private int resumedPosition(PieceSplit split) {
        if (split.isOf(record.value())) {
            return split.position();
        }
        meters.addReplaced();
        LOG.warn(
                "The record at {}-{}, offset {}, is not the one of which the restored job had read {} bytes: the topic was"
                        + " probably created again. It is read from its beginning.",
                record.topic(),
                record.partition(),
                record.offset(),
                split.position());
        return 0;
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
        return records.snapshotState(checkpointId).stream()
                .map(this::withPosition)
                .toList();
    }

    private KafkaPartitionSplit withPosition(KafkaPartitionSplit split) {
        PieceSplit waiting = restored.get(split.getTopicPartition());
        if (waiting != null) {
            return waiting;
        }
        boolean isCut =
                record != null && record.topic().equals(split.getTopic()) && record.partition() == split.getPartition();
        return isCut ? PieceSplit.of(split, record, position) : split;
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
        for (KafkaPartitionSplit split : splits) {
            if (split.getStartingOffset() >= 0) { // else it stands for the beginning, wherever that is
                expected.put(split.getTopicPartition(), split.getStartingOffset());
            }
            if (split instanceof PieceSplit piece) {
                restored.put(split.getTopicPartition(), piece);
            }
        }
        records.addSplits(splits);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return record == null ? records.isAvailable() : CompletableFuture.completedFuture(null);
    }

    @Override
    public void start() {
        records.start();
    }

    @Override
    public void notifyNoMoreSplits() {
        records.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        records.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        records.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        records.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void close() throws Exception {
        deleted.close();
        records.close();
    }

    /** Takes the one record that a call of the Kafka reader emits. Babble uses no watermarks. */
    private final class RecordOutput implements ReaderOutput<RawRecord> {
        @Override
        public void collect(RawRecord next) {
            begin(next);
        }

        @Override
        public void collect(RawRecord next, long timestamp) {
            begin(next);
        }

        @Override
        public SourceOutput<RawRecord> createOutputForSplit(String splitId) {
            return this;
        }

        @Override
        public void releaseOutputForSplit(String splitId) {}

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
    }
}
