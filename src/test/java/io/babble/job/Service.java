package io.babble.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.CreatedTopics;
import io.babble.ReadTopic;
import io.babble.embedded.EmbeddedFlink;
import io.babble.embedded.FlinkPaths;
import io.babble.job.options.Settings;
import io.babble.records.Prompt;
import io.babble.records.Report;
import io.babble.records.Sample;
import io.babble.records.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** One job with topics of its own on a real broker and a real cluster, as a user sees it. */
final class Service implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final String bootstrapServers;
    private final EmbeddedFlink flink;
    private final Topics topics;
    private final List<String> options;
    private final ReadTopic<Report> reports;
    private final ReadTopic<Sample> samples;
    private final AtomicReference<Exception> failedToSend = new AtomicReference<>();
    private KafkaProducer<byte[], byte[]> producer;
    private int parallelism;
    private JobID job;

    /**
     * Creates its topics.
     *
     * @param parallelism also how many partitions the topics have that it reads
     * @param options as in {@link TestSettings#small}
     */
    Service(String bootstrapServers, EmbeddedFlink flink, String name, int parallelism, String... options) {
        this.bootstrapServers = bootstrapServers;
        this.flink = flink;
        this.parallelism = parallelism;
        topics = CreatedTopics.on(bootstrapServers, name, parallelism);
        this.options = new ArrayList<>(List.of("name", name, "kafka.bootstrap.servers", bootstrapServers));
        this.options.addAll(List.of("topics.text", topics.text(), "topics.prompts", topics.prompts()));
        this.options.addAll(List.of("topics.samples", topics.samples(), "topics.reports", topics.reports()));
        this.options.addAll(List.of("topics.dead-letters", topics.deadLetters()));
        this.options.addAll(List.of(options));
        producer = producer(CompressionType.NONE);
        reports = new ReadTopic<>(bootstrapServers, topics.reports(), record -> Report.fromJson(record.value()));
        samples = new ReadTopic<>(bootstrapServers, topics.samples(), record -> Sample.fromJson(record.value()));
    }

    private KafkaProducer<byte[], byte[]> producer(CompressionType compression) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "max.request.size",
                        "4000000",
                        "compression.type",
                        compression.name),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** What is published from now on is compressed, batch by batch. */
    void compress(CompressionType type) {
        flush();
        producer.close();
        producer = producer(type);
    }

    /** From its next start on. */
    Service rescaled(int newParallelism) {
        parallelism = newParallelism;
        return this;
    }

    /** From its next start on. */
    Service changed(String... newOptions) {
        options.addAll(List.of(newOptions));
        return this;
    }

    Service started() {
        flush();
        job = flink.submit(graph());
        flink.awaitRunning(job, PATIENCE);
        return this;
    }

    Service startedFrom(Path savepoint) {
        submitFrom(savepoint);
        flink.awaitRunning(job, PATIENCE);
        return this;
    }

    /** As {@link #startedFrom}, and does not wait until it runs. */
    void submitFrom(Path savepoint) {
        flush();
        job = flink.submit(graph(), savepoint, RecoveryClaimMode.CLAIM);
    }

    Path stoppedWithSavepoint() {
        return flink.stopWithSavepoint(job, PATIENCE);
    }

    /** Cancels the job; gives back the last checkpoint that it has left behind. */
    Path crashed() {
        cancel();
        return FlinkPaths.local(
                checkpoints().getHistory().getLatestCompletedCheckpoint().getExternalPath());
    }

    void cancel() {
        flink.cancel(job);
    }

    /** Why the job has failed last, though it may run again. */
    Optional<String> failure() {
        return flink.lastFailure(job).map(EmbeddedFlink.Failure::reason);
    }

    /** Takes a savepoint and cancels the job, as {@code flink cancel --withSavepoint} does. */
    Path cancelledWithSavepoint() {
        try (RestClusterClient<String> client = new RestClusterClient<>(flink.configuration(), "test")) {
            CompletableFuture<String> savepoint = client.cancelWithSavepoint(job, null, SavepointFormatType.CANONICAL);
            assertThat(savepoint).succeedsWithin(PATIENCE);
            assertThat(flink.result(job)).succeedsWithin(PATIENCE);
            return FlinkPaths.local(savepoint.join());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The transactions that the broker knows of. */
    Collection<TransactionListing> transactions() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            return admin.listTransactions().all().get();
        }
    }

    Topics topics() {
        return topics;
    }

    JobStatus status() {
        return flink.status(job);
    }

    void checkpoint() {
        flink.checkpoint(job, PATIENCE);
    }

    CheckpointStatsSnapshot checkpoints() {
        return flink.checkpointStatistics(job);
    }

    Settings settings() {
        return TestSettings.small(options.toArray(String[]::new));
    }

    void publish(String stream, byte[] text) {
        publishRaw(stream == null ? null : stream.getBytes(UTF_8), text);
    }

    void publishRaw(byte[] stream, byte[] text) {
        send(topics.text(), stream, text);
    }

    void publishTo(int partition, String stream, byte[] text) {
        send(new ProducerRecord<>(topics.text(), partition, stream.getBytes(UTF_8), text));
    }

    /** Deletes the text before an offset of the first partition, as retention does. */
    void deleteText(long before) throws Exception {
        flush();
        TopicPartition partition = new TopicPartition(topics.text(), 0);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)))
                    .all()
                    .get();
        }
    }

    void deleteTopic(String topic) throws Exception {
        flush();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.deleteTopics(List.of(topic)).all().get();
            await(
                    "the topic to be gone",
                    () -> !admin.listTopics().names().get().contains(topic));
        }
    }

    /** Deletes the topic of text, and creates it again. */
    void createTextAgain() throws Exception {
        deleteTopic(topics.text());
        CreatedTopics.one(bootstrapServers, topics.text(), parallelism);
    }

    /** Makes a topic refuse longer records. */
    void limitRecords(String topic, int bytes) throws Exception {
        AlterConfigOp set = new AlterConfigOp(
                new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(bytes)),
                AlterConfigOp.OpType.SET);
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
        }
    }

    /** Publishes one text in a transaction that is aborted, and another one in a transaction that is committed. */
    void publishInTransactions(String stream, byte[] aborted, byte[] committed) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", bootstrapServers, "transactional.id", topics.text());
        try (KafkaProducer<byte[], byte[]> transactions =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            transactions.initTransactions();
            transactions.beginTransaction();
            Future<?> sent = transactions.send(new ProducerRecord<>(topics.text(), stream.getBytes(UTF_8), aborted));
            transactions.flush(); // so that the aborted record is in the topic, too
            assertThat(sent).isDone();
            transactions.abortTransaction();
            transactions.beginTransaction();
            sent = transactions.send(new ProducerRecord<>(topics.text(), stream.getBytes(UTF_8), committed));
            transactions.commitTransaction();
            assertThat(sent).isDone();
        }
    }

    /** Publishes Shakespeare in records of 100 bytes, on three streams by turns. */
    void publishByTurns(int from, int to) {
        for (int begin = from; begin < to; begin += 100) {
            publish("stream " + begin / 100 % 3, Shakespeare.bytes(begin, Math.min(to, begin + 100)));
        }
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

    private void send(String topic, byte[] key, byte[] value) {
        send(new ProducerRecord<>(topic, key, value));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears what the future would
    private void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record, (sent, failure) -> {
            if (failure != null) {
                failedToSend.set(failure);
            }
        });
    }

    List<Report> reports() {
        return reports.all();
    }

    Report lastReport() {
        List<Report> reports = reports();
        return reports.get(reports.size() - 1);
    }

    List<Sample> samples() {
        return samples.all();
    }

    Written written(String id) {
        return new Written(
                samples().stream().filter(sample -> sample.id().equals(id)).toList());
    }

    /** Everything wrong that was set aside: the error, and how many bytes. */
    Map<String, Integer> deadLetters() {
        Map<String, Integer> letters = new HashMap<>();
        readDeadLetters(record -> letters.merge(
                new String(record.headers().lastHeader("babble.error").value(), UTF_8),
                record.value() == null ? 0 : record.value().length,
                Integer::sum));
        return letters;
    }

    void await(String what, Callable<Boolean> condition) {
        await(what, PATIENCE, condition);
    }

    void await(String what, Duration patience, Callable<Boolean> condition) {
        flush();
        Awaitility.await(what)
                .atMost(patience)
                .pollInterval(Duration.ofMillis(300))
                .until(condition);
    }

    /** What has been sent is there: a start from an offset that is not there yet would begin from the beginning. */
    private void flush() {
        producer.flush();
        assertThat(failedToSend).hasNullValue();
    }

    /** Waits until so many bytes have come in. */
    void awaitAccepted(long bytes) {
        awaitReport(bytes + " bytes accepted", last -> last.accepted() == bytes);
    }

    /** Waits until everything that was published is learned or dead. */
    void awaitLearned(long bytes) {
        awaitReport(bytes + " bytes learned", last -> last.accepted() == bytes && last.pending() == 0);
    }

    /** Waits until the last report is so. */
    void awaitReport(String what, Predicate<Report> last) {
        awaitReport(what, PATIENCE, last);
    }

    void awaitReport(String what, Duration patience, Predicate<Report> last) {
        await(what, patience, () -> {
            List<Report> reports = reports();
            return !reports.isEmpty() && last.test(reports.get(reports.size() - 1));
        });
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
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
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
        BabbleJob.onKafka(env, settings());
        return env.getStreamGraph();
    }

    @Override
    public void close() {
        producer.close();
        reports.close();
        samples.close();
        if (job != null && !status().isGloballyTerminalState()) {
            flink.cancel(job);
        }
    }
}
