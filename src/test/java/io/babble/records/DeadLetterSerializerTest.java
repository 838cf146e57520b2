package io.babble.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.AbstractRecords;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterSerializerTest {
    @Test
    void keepsTheOriginalBytesAndGivesTheErrorInHeaders() throws Exception {
        ProducerRecord<byte[], byte[]> record =
                serialize(new DeadLetter(null, new byte[] {-1, 0}, "not UTF-8", "babble.text", 2, 40), 1 << 20);
        assertThat(record.key()).isNull();
        assertThat(record.value()).containsExactly(-1, 0);
        assertThat(headers(record))
                .isEqualTo(Map.of(
                        "babble.error",
                        "not UTF-8",
                        "babble.topic",
                        "babble.text",
                        "babble.partition",
                        "2",
                        "babble.offset",
                        "40"));
    }

    @ParameterizedTest
    @ValueSource(ints = {10_000, 1 << 20, 4 << 20})
    void longOnesAreTruncatedToWhatTheTopicTakesAndGiveTheOriginalLengthAndHash(int maxBytes) throws Exception {
        byte[] key = new byte[20_000];
        byte[] value = new byte[8_000_000];
        DeadLetter letter = new DeadLetter(key, value, "大".repeat(9_999), "t".repeat(249), 2_000_000, Long.MAX_VALUE);
        ProducerRecord<byte[], byte[]> record = serialize(letter, maxBytes);
        int size = AbstractRecords.estimateSizeInBytesUpperBound(
                RecordBatch.CURRENT_MAGIC_VALUE,
                CompressionType.NONE,
                record.key(),
                record.value(),
                record.headers().toArray());
        assertThat(size).isBetween(maxBytes - 1_000, maxBytes);
        assertThat(record.key()).isEqualTo(Arrays.copyOf(key, Math.min(16 << 10, (maxBytes - 4_096) / 4)));
        assertThat(headers(record))
                .containsEntry("babble.truncated", "key 20000 value 8000000")
                // head -c 8000000 /dev/zero | sha256sum
                .containsEntry("babble.sha-256", "6506614505e113daab08b3f894ca46d4d61867c7b007c413b47a669abe8aae67")
                .hasEntrySatisfying("babble.error", error -> assertThat(error).hasSize(1_000));
    }

    private static ProducerRecord<byte[], byte[]> serialize(DeadLetter letter, int maxBytes) throws Exception {
        DeadLetterSerializer serializer = new DeadLetterSerializer("dead", () -> maxBytes);
        serializer.open(null, null);
        return serializer.serialize(letter, null, null);
    }

    private static Map<String, String> headers(ProducerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), UTF_8));
        }
        return headers;
    }
}
