package io.babble.records;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Serializers and deserializers of the Kafka records on Babble's topics. */
public final class KafkaRecords {
    public static final String ERROR = "babble.error";
    public static final String TOPIC = "babble.topic";
    public static final String PARTITION = "babble.partition";
    public static final String OFFSET = "babble.offset";
    /** Original length of key and value in bytes; only on a truncated dead letter. */
    public static final String TRUNCATED = "babble.truncated";
    /** SHA-256 of the original value in hexadecimal; only on a truncated dead letter. */
    public static final String SHA_256 = "babble.sha-256";

    /** Maximum length of a dead letter's key, bytes. */
    static final int MAX_KEY = 16 << 10;
    /**
     * Maximum length of a dead letter's value, bytes: with key, headers and framing below Kafka's default limit of
     * 1,048,588.
     */
    static final int MAX_VALUE = 1_000_000;

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

    /**
     * Original key and value, truncated to fit the topic. Headers give the error and the original topic, partition and
     * offset.
     */
    public static KafkaRecordSerializationSchema<DeadLetter> deadLetters(String topic) {
        return (letter, context, timestamp) -> deadLetter(topic, letter);
    }

    private static ProducerRecord<byte[], byte[]> deadLetter(String topic, DeadLetter letter) {
        byte[] key = truncate(letter.key(), MAX_KEY);
        byte[] value = truncate(letter.value(), MAX_VALUE);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
        Headers headers = record.headers();
        add(headers, ERROR, letter.error());
        add(headers, TOPIC, letter.topic());
        add(headers, PARTITION, Integer.toString(letter.partition()));
        add(headers, OFFSET, Long.toString(letter.offset()));
        if (length(key) < length(letter.key()) || length(value) < length(letter.value())) {
            add(headers, TRUNCATED, "key " + length(letter.key()) + " value " + length(letter.value()));
            byte[] original = Objects.requireNonNullElse(letter.value(), new byte[0]);
            add(headers, SHA_256, HexFormat.of().formatHex(Characters.sha256(original)));
        }
        return record;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static byte[] truncate(byte[] bytes, int limit) {
        return length(bytes) <= limit ? bytes : Arrays.copyOf(bytes, limit);
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
