package io.babble.cli;

import io.babble.embedded.EmbeddedFlink;
import io.babble.embedded.EmbeddedKafka;
import io.babble.job.BabbleJob;
import io.babble.job.Options;
import io.babble.job.Settings;
import io.babble.records.Report;
import io.babble.records.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.checkpoint.CheckpointStatsStatus;
import org.apache.flink.runtime.checkpoint.TaskStateStats;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Measures the whole service, from Kafka to Kafka, with more text waiting than it can learn. */
final class ServiceBench {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** As long as the JVM still compiles what a step of a second seldom does. */
    private static final Duration WARM_UP = Duration.ofSeconds(30);

    private static final int RECORD_BYTES = 4096;
    /** More than is learned while this measures, at any speed that a CPU reaches. */
    private static final int TEXT_BYTES = 24 << 20;

    private final EmbeddedKafka kafka;
    private final EmbeddedFlink flink;
    private final Settings settings;

    private ServiceBench(EmbeddedKafka kafka, EmbeddedFlink flink, Settings settings) {
        this.kafka = kafka;
        this.flink = flink;
        this.settings = settings;
    }

    /**
     * The service with a checkpoint every few seconds while the source is saturated.
     *
     * @param symbolsPerSecond characters learned
     * @param lanes of the last step
     * @param stepMillis the last step's time
     * @param checkpointSeconds from the request to the end
     * @param standstillMillis the most that the learner stood still for a checkpoint
     * @param stopSeconds for a stop with a savepoint
     */
    record Result(
            double symbolsPerSecond,
            int lanes,
            double stepMillis,
            double checkpointSeconds,
            long standstillMillis,
            double stopSeconds) {}

    /** @param settings of the job, given what says where Kafka is */
    static Result run(Function<Map<String, String>, Settings> settings, byte[] text, Duration time) throws IOException {
        Path folder = Files.createTempDirectory("babble-bench");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
                EmbeddedFlink flink = EmbeddedFlink.start(
                        new EmbeddedFlink.Place(folder.resolve("flink"), 1, 0, 0), new Configuration())) {
            Settings known = settings.apply(Map.of(JobOptions.BOOTSTRAP_SERVERS, kafka.bootstrapServers()));
            kafka.createTopics(Topics.DEFAULT, 1);
            return new ServiceBench(kafka, flink, known).measure(text, time);
        } finally {
            delete(folder);
        }
    }

    private Result measure(byte[] text, Duration time) {
        publish(text);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink.configuration());
        env.setParallelism(1);
        BabbleJob.onKafka(env, settings);
        JobID job = flink.submit(env.getStreamGraph());
        flink.awaitRunning(job, PATIENCE);
        List<Report> reports = reports(WARM_UP.plus(time));
        Report last = reports.get(reports.size() - 1);
        Report first = reports.stream()
                .filter(report -> report.at() >= last.at() - time.toMillis())
                .findFirst()
                .orElseThrow();
        double symbolsPerSecond = (last.symbols() - first.symbols()) * 1e3 / (last.at() - first.at());
        double checkpoint = seconds(() -> flink.checkpoint(job, PATIENCE));
        long standstill = standstillMillis(flink.checkpointStatistics(job));
        double stop = seconds(() -> flink.stopWithSavepoint(job, PATIENCE));
        return new Result(symbolsPerSecond, last.lanes(), last.stepMillis(), checkpoint, standstill, stop);
    }

    /** The learner is the task with the most state. */
    private static long standstillMillis(CheckpointStatsSnapshot statistics) {
        return statistics.getHistory().getCheckpoints().stream()
                .filter(checkpoint -> checkpoint.getStatus() == CheckpointStatsStatus.COMPLETED)
                .map(checkpoint -> checkpoint.getAllTaskStateStats().stream()
                        .max(Comparator.comparingLong(TaskStateStats::getStateSize))
                        .orElseThrow())
                .mapToLong(learner -> learner.getSummaryStats()
                        .getSyncCheckpointDurationStats()
                        .getMaximum())
                .max()
                .orElseThrow();
    }

    private void publish(byte[] text) {
        int streams = settings.get(Options.WINDOW_LANES);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", "20"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int sent = 0, i = 0; sent < TEXT_BYTES; sent += RECORD_BYTES, i++) {
                int from = (int) (31L * sent % (text.length - RECORD_BYTES));
                byte[] key = Integer.toString(i % streams).getBytes(StandardCharsets.US_ASCII);
                byte[] value = Arrays.copyOfRange(text, from, from + RECORD_BYTES);
                var unused = producer.send(new ProducerRecord<>(Topics.DEFAULT.text(), key, value));
            }
            producer.flush();
        }
    }

    /** The reports of so long a time from the first one on. */
    private List<Report> reports(Duration time) {
        List<Report> reports = new ArrayList<>();
        try (JobOutput output = new JobOutput(
                Broker.of(settings.kafka()),
                settings.get(Options.REPORTS_TOPIC),
                settings.get(Options.SAMPLES_TOPIC),
                reports::add,
                sample -> {})) {
            long deadline = System.nanoTime() + PATIENCE.plus(time).toNanos();
            while (reports.isEmpty()
                    || reports.get(reports.size() - 1).at() - reports.get(0).at() < time.toMillis()) {
                output.poll(Duration.ofMillis(200));
                if (System.nanoTime() > deadline) {
                    throw new CommandFailed("The service does not report: run babble demo and see what it says");
                }
            }
        }
        return reports;
    }

    private static double seconds(Runnable action) {
        long begin = System.nanoTime();
        action.run();
        return (System.nanoTime() - begin) / 1e9;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
