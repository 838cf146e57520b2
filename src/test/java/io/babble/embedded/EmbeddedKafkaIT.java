package io.babble.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.CreatedTopics;
import io.babble.records.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
    @TempDir
    Path folder;

    @Test
    void keepsCommittedRecordsAcrossARestart() throws Exception {
        int port;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0)) {
            CreatedTopics.byDefault(kafka.bootstrapServers(), 2);
            CreatedTopics.byDefault(kafka.bootstrapServers(), 2);
            assertThat(partitions(kafka)).containsExactly(2, 2, 1, 1, 1);
            try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
                producer.initTransactions();
                send(producer, "kept");
                producer.commitTransaction();
                send(producer, "dropped");
                producer.abortTransaction();
                send(producer, "kept too");
                producer.commitTransaction();
            }
            assertThat(committed(kafka, 2)).containsExactly("kept", "kept too");
            port = Integer.parseInt(kafka.bootstrapServers().split(":", -1)[1]);
        }
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, port)) {
            assertThat(committed(kafka, 2)).containsExactly("kept", "kept too");
        }
    }

    @Test
    void topicsAreUsableAsSoonAsTheyAreCreated() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            for (int i = 0; i < 3; i++) {
                String topic = "new-" + i;
                CreatedTopics.one(kafka.bootstrapServers(), topic, 20);
                assertThat(admin.describeTopics(Set.of(topic))
                                .allTopicNames()
                                .get()
                                .get(topic)
                                .partitions())
                        .hasSize(20)
                        .allMatch(partition -> partition.leader() != null);
            }
        }
    }

    @Test
    void refusesAFolderInUse() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0)) {
            assertThat(kafka.bootstrapServers()).startsWith("127.0.0.1:");
            assertThatIllegalStateException()
                    .isThrownBy(() -> EmbeddedKafka.start(folder, 0).close())
                    .withMessage(
                            folder + " is in use by another process: stop that process, or choose another data folder");
        }
    }

    @Test
    void refusesAPortInUse() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = socket.getLocalPort();
            assertThatIllegalStateException()
                    .isThrownBy(() -> EmbeddedKafka.start(folder, port).close())
                    .withMessage("Port " + port
                            + " for Kafka is in use: stop the process that listens on it, or choose another port");
        }
        FolderLock.acquire(folder).close();
    }

    @Test
    void shutsDownAServerThatFailsToStart() {
        Map<String, String> broken = Map.of(
                "remote.log.storage.system.enable", "true",
                "remote.log.storage.manager.class.name", "no.such.Class",
                "remote.log.metadata.manager.class.name", "no.such.Class",
                "remote.log.metadata.manager.listener.name", "PLAINTEXT");
        assertThatThrownBy(() -> EmbeddedKafka.start(folder, 0, broken).close())
                .hasStackTraceContaining("no.such.Class");
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("controller-1-") || name.contains("quorum-controller"));
        EmbeddedKafka.start(folder, 0).close();
    }

    private static List<Integer> partitions(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            var topics =
                    admin.describeTopics(Topics.DEFAULT.all()).allTopicNames().get();
            return Topics.DEFAULT.all().stream()
                    .map(topic -> topics.get(topic).partitions().size())
                    .toList();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "transactional.id",
                        "test",
                        "transaction.timeout.ms",
                        3_600_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String value) throws Exception {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(Topics.DEFAULT.samples(), value.getBytes(UTF_8)))
                .get();
    }

    private static List<String> committed(EmbeddedKafka kafka, int count) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(Set.of(new TopicPartition(Topics.DEFAULT.samples(), 0)));
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(new String(record.value(), UTF_8));
                }
                return values.size() >= count;
            });
        }
        return values;
    }
}
