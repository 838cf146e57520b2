package io.babble.records;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Serializers and deserializers of the Kafka records on Babble's topics. */
public final class KafkaRecords {
    /** Longest name of a stream, in UTF-8. */
    public static final int MAX_STREAM_NAME_BYTES = 1 << 10;

    private KafkaRecords() {}

    /** Keeps key and value as bytes. */
    public static KafkaRecordDeserializationSchema<RawRecord> raw() {
        return new RawDeserializer();
    }

    /** The record key is the prompt's id. */
    public static KafkaRecordSerializationSchema<Sample> samples(String topic) {
        return (sample, context, timestamp) ->
                new ProducerRecord<>(topic, sample.id().getBytes(UTF_8), sample.toJson());
    }

    /** The record key is the job's name. */
    public static KafkaRecordSerializationSchema<Report> reports(String topic, String job) {
        return (report, context, timestamp) -> new ProducerRecord<>(topic, job.getBytes(UTF_8), report.toJson());
    }

    private static final class RawDeserializer implements KafkaRecordDeserializationSchema<RawRecord> {
        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
            out.collect(new RawRecord(
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    record.timestamp(),
                    record.key(),
                    record.value()));
        }

        @Override
        public TypeInformation<RawRecord> getProducedType() {
            return TypeInformation.of(RawRecord.class);
        }
    }
}
