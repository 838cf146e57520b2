package io.babble.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.embedded.EmbeddedFlink;
import io.babble.embedded.EmbeddedKafka;
import io.babble.records.Prompt;
import io.babble.records.Report;
import io.babble.records.Sample;
import io.babble.records.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** One job with topics of its own on a real broker and a real cluster, as a user sees it. */
final class Service implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final EmbeddedKafka kafka;
    private final EmbeddedFlink flink;
    private final Topics topics;
    private final Settings settings;
    private final int parallelism;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<Exception> failedToSend = new AtomicReference<>();
    private JobID job;

    /** @param options as in {@link TestSettings#small} */
    Service(EmbeddedKafka kafka, EmbeddedFlink flink, Topics topics, String name, int parallelism, String... options) {
        this.kafka = kafka;
        this.flink = flink;
        this.topics = topics;
        this.parallelism = parallelism;
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("name", name, "kafka.bootstrap.servers", kafka.bootstrapServers()));
        all.addAll(List.of("topics.text", topics.text(), "topics.prompts", topics.prompts()));
        all.addAll(List.of("topics.samples", topics.samples(), "topics.reports", topics.reports()));
        all.addAll(List.of("topics.dead-letters", topics.deadLetters()));
        settings = TestSettings.small(all.toArray(String[]::new));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.request.size", "4000000"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        kafka.createTopics(topics, parallelism);
    }

    static Topics topics(String prefix) {
        return new Topics(
                prefix + ".text", prefix + ".prompts", prefix + ".samples", prefix + ".reports", prefix + ".dead");
    }

    Service started() {
        job = flink.submit(graph());
        flink.awaitRunning(job, PATIENCE);
        return this;
    }

    Service startedFrom(Path savepoint) {
        job = flink.submit(graph(), savepoint);
        flink.awaitRunning(job, PATIENCE);
        return this;
    }

    Path stoppedWithSavepoint() {
        Path savepoint = flink.stopWithSavepoint(job, PATIENCE);
        job = null;
        return savepoint;
    }

    /** Ended without a savepoint: its last checkpoint stays. */
    void cancelled() {
        flink.cancel(job);
        job = null;
    }

    void checkpoint() {
        flink.checkpoint(job, PATIENCE);
    }

    CheckpointStatsSnapshot checkpoints() {
        return flink.checkpointStatistics(job);
    }

    Optional<EmbeddedFlink.Failure> failure() {
        return flink.lastFailure(job);
    }

    Settings settings() {
        return settings;
    }

    void publish(String stream, byte[] text) {
        publishRaw(stream == null ? null : stream.getBytes(UTF_8), text);
    }

    void publishRaw(byte[] stream, byte[] text) {
        send(topics.text(), stream, text);
    }

    void ask(Prompt prompt) {
        ask(prompt.id(), new String(prompt.toJson(), UTF_8));
    }

    void ask(String key, String json) {
        askRaw(key == null ? null : key.getBytes(UTF_8), json.getBytes(UTF_8));
    }

    void askRaw(byte[] key, byte[] json) {
        send(topics.prompts(), key, json);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears what the future would
    private void send(String topic, byte[] key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, key, value), (sent, failure) -> {
            if (failure != null) {
                failedToSend.set(failure);
            }
        });
    }

    List<Report> reports() {
        return all(topics.reports(), record -> Report.fromJson(record.value()));
    }

    Report lastReport() {
        List<Report> reports = reports();
        return reports.get(reports.size() - 1);
    }

    List<Sample> samples() {
        return all(topics.samples(), record -> Sample.fromJson(record.value()));
    }

    List<Sample> samplesOf(String id) {
        return samples().stream().filter(sample -> sample.id().equals(id)).toList();
    }

    /** Everything wrong that was set aside: the error, and how many bytes. */
    Map<String, Integer> deadLetters() {
        Map<String, Integer> letters = new HashMap<>();
        all(topics.deadLetters(), record -> record)
                .forEach(record -> letters.merge(
                        new String(record.headers().lastHeader("babble.error").value(), UTF_8),
                        record.value() == null ? 0 : record.value().length,
                        Integer::sum));
        return letters;
    }

    void await(String what, Callable<Boolean> condition) {
        await(what, PATIENCE, condition);
    }

    void await(String what, Duration patience, Callable<Boolean> condition) {
        producer.flush();
        assertThat(failedToSend).hasNullValue();
        Awaitility.await(what)
                .atMost(patience)
                .pollInterval(Duration.ofMillis(300))
                .until(condition);
    }

    /** Waits until everything that was published is learned or dead. */
    void awaitLearned(long bytes) {
        await(bytes + " bytes learned", () -> {
            List<Report> reports = reports();
            Report last = reports.isEmpty() ? null : reports.get(reports.size() - 1);
            return last != null && last.accepted() == bytes && last.pending() == 0;
        });
    }

    private <T> List<T> all(String topic, Function<ConsumerRecord<byte[], byte[]>, T> read) {
        List<T> records = new ArrayList<>();
        follow(topic, 0, record -> records.add(read.apply(record)));
        return records;
    }

    /** Gives each record of the dead letters' topic that is there now to {@code reader}. */
    void readDeadLetters(Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        follow(topics.deadLetters(), 0, reader);
    }

    /** Gives each sample from this offset on that is there now to {@code reader}; returns where the next ones are. */
    long readSamples(long from, Consumer<Sample> reader) {
        return follow(topics.samples(), from, record -> reader.accept(Sample.fromJson(record.value())));
    }

    private long follow(String topic, long from, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seek(partition, from);
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(reader);
            }
            return consumer.position(partition);
        }
    }

    private StreamGraph graph() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink.configuration());
        env.setParallelism(parallelism);
        BabbleJob.onKafka(env, settings);
        return env.getStreamGraph();
    }

    @Override
    public void close() {
        producer.close();
        if (job != null) {
            cancelled();
        }
    }
}
