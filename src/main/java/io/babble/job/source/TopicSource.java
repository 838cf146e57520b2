package io.babble.job.source;

import io.babble.records.RawRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A {@link KafkaSource} of one topic whose checkpoints say which topic they belong to, as offsets mean nothing in
 * another one.
 */
public final class TopicSource
        implements Source<RawRecord, KafkaPartitionSplit, TopicState>, ResultTypeQueryable<RawRecord> {
    private final KafkaSource<RawRecord> records;
    private final InputTopic topic;

    /**
     * Reads what {@code records} reads.
     *
     * @param topic the only one of {@code records}
     */
    public TopicSource(KafkaSource<RawRecord> records, InputTopic topic) {
        this.records = records;
        this.topic = topic;
    }

    InputTopic topic() {
        return topic;
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, TopicState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return new TopicEnumerator(records.createEnumerator(context), context, topic, TopicState.UNREAD);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, TopicState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, TopicState state) throws Exception {
        return new TopicEnumerator(records.restoreEnumerator(context, state.partitions()), context, topic, state);
    }

    @Override
    public SimpleVersionedSerializer<TopicState> getEnumeratorCheckpointSerializer() {
        return new TopicState.Serializer(records.getEnumeratorCheckpointSerializer());
    }

    @Override
    public SourceReader<RawRecord, KafkaPartitionSplit> createReader(SourceReaderContext context) throws Exception {
        return records.createReader(context);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return records.getSplitSerializer();
    }

    @Override
    public Boundedness getBoundedness() {
        return records.getBoundedness();
    }

    @Override
    public TypeInformation<RawRecord> getProducedType() {
        return records.getProducedType();
    }
}
