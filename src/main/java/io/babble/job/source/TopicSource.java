package io.babble.job.source;

import io.babble.records.RawRecord;
import java.util.Properties;
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
    private final String option;
    private final String topic;
    private final Properties kafka;

    /**
     * Reads what {@code records} reads.
     *
     * @param option key of the option that names the topic
     * @param topic the only one of {@code records}
     * @param kafka settings of Kafka's clients
     */
    public TopicSource(KafkaSource<RawRecord> records, String option, String topic, Properties kafka) {
        this.records = records;
        this.option = option;
        this.topic = topic;
        this.kafka = kafka;
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, TopicState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return new TopicEnumerator(records.createEnumerator(context), context, option, topic, kafka, TopicState.UNREAD);
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, TopicState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, TopicState state) throws Exception {
        return new TopicEnumerator(
                records.restoreEnumerator(context, state.partitions()), context, option, topic, kafka, state);
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
