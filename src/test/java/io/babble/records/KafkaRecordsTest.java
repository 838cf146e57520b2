package io.babble.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class KafkaRecordsTest {
    @Test
    void sampleRecordsHaveThePromptIdAsKey() {
        Sample sample = Sample.refusal("ä", "busy", 0, "5f", 1);
        ProducerRecord<byte[], byte[]> record = KafkaRecords.samples("samples").serialize(sample, null, null);
        assertThat(record.topic()).isEqualTo("samples");
        assertThat(record.key()).isEqualTo("ä".getBytes(UTF_8));
        assertThat(Sample.fromJson(record.value())).isEqualTo(sample);
    }

    @Test
    void deadLettersKeepTheOriginalBytesAndGiveTheErrorInHeaders() {
        ProducerRecord<byte[], byte[]> record =
                letter(new DeadLetter(null, new byte[] {-1, 0}, "not UTF-8", "babble.text", 2, 40));
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

    @Test
    void longDeadLettersAreTruncatedAndGiveTheOriginalLengthAndHash() {
        byte[] key = new byte[20_000];
        byte[] value = new byte[1_100_000];
        ProducerRecord<byte[], byte[]> record = letter(new DeadLetter(key, value, "x".repeat(9_999), "t", 0, 0));
        assertThat(record.key()).isEqualTo(Arrays.copyOf(key, 16 << 10));
        assertThat(record.value()).isEqualTo(Arrays.copyOf(value, 1_000_000));
        assertThat(record.key().length + record.value().length + 5_000).isLessThan(1_048_588 - 1_000);
        assertThat(headers(record))
                .containsEntry("babble.truncated", "key 20000 value 1100000")
                // head -c 1100000 /dev/zero | sha256sum
                .containsEntry("babble.sha-256", "66ae7500c59710bf2e1479639f4cb3c6316eafd42409946612ce1a2069b035c5")
                .hasEntrySatisfying("babble.error", error -> assertThat(error).hasSize(1_000));
    }

    private static ProducerRecord<byte[], byte[]> letter(DeadLetter letter) {
        return KafkaRecords.deadLetters("dead").serialize(letter, null, null);
    }

    private static Map<String, String> headers(ProducerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), UTF_8));
        }
        return headers;
    }
}
