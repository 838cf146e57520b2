package io.babble.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.producer.ProducerRecord;
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
}
