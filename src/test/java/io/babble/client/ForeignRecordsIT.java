package io.babble.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.CreatedTopics;
import io.babble.embedded.EmbeddedKafka;
import io.babble.records.Origin;
import io.babble.records.Report;
import io.babble.records.Sample;
import io.babble.records.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other programs may write to Babble's topics, too. */
class ForeignRecordsIT {
    private static final byte[] FOREIGN = "hello".getBytes(UTF_8);
    /** No sample, and no report. */
    private static final List<String> FOREIGN_VALUES = Arrays.asList(
            "hello",
            "",
            "null",
            "[]",
            "{}",
            "{\"id\":\"a\"}",
            """
            {"id":"a","sequence":0,"offset":-1,"text":"x","done":true,"origin":"prompt","number":-1,"symbols":1,"pending":1,"at":1}
            """,
            """
            {"id":"a","sequence":0,"offset":0,"text":"\\ud834","done":true,"origin":"prompt"}
            """,
            null);

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static KafkaClients clients;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(folder, 0);
        Properties settings = new Properties();
        settings.setProperty("bootstrap.servers", kafka.bootstrapServers());
        clients = new KafkaClients(settings);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void reportsAndSamplesAreReadPastRecordsThatAreNeither() {
        Topics topics = CreatedTopics.on(kafka.bootstrapServers(), "output", 1);
        List<Report> reports = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        try (JobOutput output = new JobOutput(clients, topics, reports::add, samples::add)) {
            for (String topic : List.of(topics.reports(), topics.samples())) {
                FOREIGN_VALUES.forEach(value -> send(topic, value == null ? null : value.getBytes(UTF_8)));
            }
            send(topics.reports(), report(7, 1).toJson());
            send(topics.samples(), sample("a").toJson());

            Awaitility.await().until(() -> {
                output.poll(Duration.ofMillis(100));
                return !reports.isEmpty() && !samples.isEmpty();
            });
        }
        assertThat(reports).extracting(Report::number).containsExactly(7L);
        assertThat(samples).extracting(Sample::id).containsExactly("a");
    }

    @Test
    void theLastReportIsFoundAmongRecordsThatAreNone() {
        Topics topics = CreatedTopics.on(kafka.bootstrapServers(), "past", 1);
        long now = System.currentTimeMillis();
        send(topics.reports(), report(1, now - 1_000).toJson());
        send(topics.reports(), report(2, now - 500).toJson());
        send(topics.reports(), FOREIGN);
        send(topics.reports(), null);
        send(topics.reports(), report(3, now + 60_000).toJson());

        assertThat(PastReports.lastBefore(Instant.ofEpochMilli(now), clients, topics.reports()))
                .map(Report::number)
                .contains(2L);
    }

    @Test
    void aPositionThatIsNoneOfItsStreamIsNotTrusted() {
        Topics topics = CreatedTopics.on(kafka.bootstrapServers(), "positions", 1);
        try (TextSender sender = new TextSender(clients, topics.text())) {
            sender.send("kept", new byte[] {'a'}, 1);
            sender.flush();
            sender.check();
        }
        for (byte[] header : new byte[][] {
            FOREIGN, null, "-1".getBytes(UTF_8), "3".getBytes(UTF_8), "9223372036854775807".getBytes(UTF_8)
        }) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(topics.text(), "kept".getBytes(UTF_8), FOREIGN);
            record.headers().add(PublishedPositions.HEADER, header);
            clients.send(record);
        }

        assertThat(PublishedPositions.last(clients, topics.text(), Map.of("kept", 2L, "other", 2L)))
                .isEqualTo(Map.of("kept", 1L));
    }

    private static void send(String topic, byte[] value) {
        clients.send(new ProducerRecord<>(topic, new byte[] {'k'}, value));
    }

    private static Report report(long number, long at) {
        return Report.builder().number(number).at(at).build();
    }

    private static Sample sample(String id) {
        return new Sample(id, 0, 0, "text", true, Origin.PROMPT, "", 1, 2, 0.8, 1, "a1", null, 1);
    }
}
