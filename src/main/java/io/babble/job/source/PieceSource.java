package io.babble.job.source;

import io.babble.job.operator.FlinkMeterRegistry;
import io.babble.metrics.SourceMeters;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A {@link TopicSource} that emits one piece of a record at a time, so that a barrier waits for a piece and not for a
 * whole record. The position within a record is part of the checkpoint.
 */
public final class PieceSource implements Source<Piece, KafkaPartitionSplit, TopicState>, ResultTypeQueryable<Piece> {
    public static final String UID = "text";

    private final TopicSource records;
    private final RecordCutter cutter;

    /**
     * Cuts the records that {@code records} reads.
     *
     * @param maxBytes longest text of a record
     * @param sharedStreams number of streams that a partition's records without a key are spread over
     */
    public PieceSource(TopicSource records, int maxBytes, int sharedStreams) {
        this.records = records;
        this.cutter = new RecordCutter(maxBytes, sharedStreams);
    }

    @Override
    public SourceReader<Piece, KafkaPartitionSplit> createReader(SourceReaderContext context) throws Exception {
        SourceMeters meters = new SourceMeters(new FlinkMeterRegistry(context.metricGroup()));
        DeletedText deleted =
                new DeletedText(new BrokerLogStarts(records.topic().kafka()), meters);
        return new PieceReader(records.createReader(context), cutter, meters, deleted);
    }

    @Override
    public Boundedness getBoundedness() {
        return records.getBoundedness();
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, TopicState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return records.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, TopicState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, TopicState state) throws Exception {
        return records.restoreEnumerator(context, state);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return new PieceSplit.Serializer();
    }

    @Override
    public SimpleVersionedSerializer<TopicState> getEnumeratorCheckpointSerializer() {
        return records.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<Piece> getProducedType() {
        return TypeInformation.of(Piece.class);
    }
}
