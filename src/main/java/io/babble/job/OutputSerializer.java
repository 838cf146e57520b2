package io.babble.job;

import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;

/**
 * Looks its topic up when the task starts, and ends the job before it sends a record that the topic would not take: the
 * job would restart, and send it again, for ever.
 */
final class OutputSerializer<T> implements KafkaRecordSerializationSchema<T> {
    private final KafkaRecordSerializationSchema<T> records;
    private final OutputTopic topic;
    private transient int maxBytes;

    /** @param records writes to {@code topic} */
    OutputSerializer(KafkaRecordSerializationSchema<T> records, OutputTopic topic) {
        this.records = records;
        this.topic = topic;
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sink) throws Exception {
        maxBytes = topic.maxRecordBytes();
        records.open(context, sink);
    }

    /** @throws SuppressRestartsException if the record, before it is compressed, is longer than the topic takes */
    @Override
    public ProducerRecord<byte[], byte[]> serialize(T value, KafkaSinkContext context, Long timestamp) {
        ProducerRecord<byte[], byte[]> record = records.serialize(value, context, timestamp);
        int bytes = AbstractRecords.estimateSizeInBytesUpperBound(
                RecordBatch.CURRENT_MAGIC_VALUE,
                CompressionType.NONE,
                record.key(),
                record.value(),
                record.headers().toArray());
        if (bytes > maxBytes) {
            throw new SuppressRestartsException(new IllegalStateException("Topic " + topic.name()
                    + " takes records of up to " + maxBytes + " bytes, and one has " + bytes
                    + ": raise its max.message.bytes and babble.kafka.max.request.size, and start the job from its last"
                    + " checkpoint"));
        }
        return record;
    }
}
