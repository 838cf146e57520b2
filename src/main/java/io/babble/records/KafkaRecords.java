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

/** How the records lie on their topics. */
public final class KafkaRecords {
    public static final String ERROR = "babble.error";
    public static final String TOPIC = "babble.topic";
    public static final String PARTITION = "babble.partition";
    public static final String OFFSET = "babble.offset";
    /** Only on a letter that was cut: how long key and value were. */
    public static final String TRUNCATED = "babble.truncated";
    /** Only on a letter that was cut: SHA-256 of the original value, in hexadecimal. */
    public static final String SHA_256 = "babble.sha-256";

    /** Most bytes of a dead letter's key. */
    static final int MAX_KEY = 16 << 10;
    /** Most bytes of a dead letter's value: with key, headers and framing it stays below a topic's default of 1,048,588. */
    static final int MAX_VALUE = 1_000_000;

    private KafkaRecords() {}

    /** Records as they come. */
    public static KafkaRecordDeserializationSchema<RawRecord> raw() {
        return new Raw();
    }

    /** Key: the prompt's id. */
    public static KafkaRecordSerializationSchema<Sample> samples(String topic) {
        return (sample, context, timestamp) ->
                new ProducerRecord<>(topic, sample.id().getBytes(UTF_8), sample.toJson());
    }

    /** Key: the job's name. */
    public static KafkaRecordSerializationSchema<Report> reports(String topic, String job) {
        return (report, context, timestamp) -> new ProducerRecord<>(topic, job.getBytes(UTF_8), report.toJson());
    }

    /** Key and value as they came, cut to fit the topic; headers say what was wrong and where it came from. */
    public static KafkaRecordSerializationSchema<DeadLetter> deadLetters(String topic) {
        return (letter, context, timestamp) -> deadLetter(topic, letter);
    }

    private static ProducerRecord<byte[], byte[]> deadLetter(String topic, DeadLetter letter) {
        byte[] key = cut(letter.key(), MAX_KEY);
        byte[] value = cut(letter.value(), MAX_VALUE);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
        Headers headers = record.headers();
        add(headers, ERROR, letter.error());
        add(headers, TOPIC, letter.topic());
        add(headers, PARTITION, Integer.toString(letter.partition()));
        add(headers, OFFSET, Long.toString(letter.offset()));
        if (length(key) < length(letter.key()) || length(value) < length(letter.value())) {
            add(headers, TRUNCATED, "key " + length(letter.key()) + " value " + length(letter.value()));
            byte[] whole = Objects.requireNonNullElse(letter.value(), new byte[0]);
            add(headers, SHA_256, HexFormat.of().formatHex(Characters.sha256(whole)));
        }
        return record;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static byte[] cut(byte[] bytes, int most) {
        return length(bytes) <= most ? bytes : Arrays.copyOf(bytes, most);
    }

    private static final class Raw implements KafkaRecordDeserializationSchema<RawRecord> {
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
