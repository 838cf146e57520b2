package io.babble.records;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * Writes the original key and value, truncated to fit the topic. Headers give the error and the original topic,
 * partition and offset.
 */
public final class DeadLetterSerializer implements KafkaRecordSerializationSchema<DeadLetter> {
    public static final String ERROR = "babble.error";
    public static final String TOPIC = "babble.topic";
    public static final String PARTITION = "babble.partition";
    public static final String OFFSET = "babble.offset";
    /** Original length of key and value in bytes; only on a truncated dead letter. */
    public static final String TRUNCATED = "babble.truncated";
    /** SHA-256 of the original value in hexadecimal; only on a truncated dead letter. */
    public static final String SHA_256 = "babble.sha-256";

    /**
     * Of each record, for headers and framing, bytes: an error of {@value DeadLetter#MAX_ERROR} characters, and more.
     */
    private static final int OVERHEAD = 4 << 10;

    /** Maximum length of a key, bytes. */
    private static final int MAX_KEY = 16 << 10;

    private final String topic;
    private final MaxBytes limit;
    private transient int maxBytes;

    /** Says how long a record of the topic may be, bytes, with key, headers and framing. */
    @FunctionalInterface
    public interface MaxBytes extends Serializable {
        int get() throws Exception;
    }

    /** @param limit is asked once, when the task starts */
    public DeadLetterSerializer(String topic, MaxBytes limit) {
        this.topic = topic;
        this.limit = limit;
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sink) throws Exception {
        maxBytes = Math.max(0, limit.get() - OVERHEAD);
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(DeadLetter letter, KafkaSinkContext context, Long timestamp) {
        byte[] key = truncate(letter.key(), Math.min(MAX_KEY, maxBytes / 4));
        byte[] value = truncate(letter.value(), maxBytes - length(key));
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
}
