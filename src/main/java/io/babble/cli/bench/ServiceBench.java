package io.babble.cli.bench;

import io.babble.client.JobOutput;
import io.babble.client.KafkaClients;
import io.babble.client.TopicSetup;
import io.babble.embedded.EmbeddedFlink;
import io.babble.embedded.EmbeddedKafka;
import io.babble.job.BabbleJob;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.Report;
import io.babble.records.Sample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.time.Deadline;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Measures the whole service, from Kafka to Kafka, under overload. There is always more text than it can learn. Turns
 * with a checkpoint alternate with turns without; then there are more prompts than it can answer.
 */
public final class ServiceBench implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    /** The service's default checkpoint interval. */
    private static final Duration TURN = Duration.ofSeconds(10);
    /** Two minutes: the JIT compiler uses much of the CPU until it has compiled the rare code paths too. */
    private static final int WARM_UP_TURNS = 12;
    /** Turns with a checkpoint per measured second, and as many without: a checkpoint's small cost needs many turns. */
    private static final double TURNS_PER_SECOND = 0.3;

    private static final int RECORD_BYTES = 4096;
    /** More than any CPU learns during the benchmark. */
    private static final int TEXT_BYTES = 24 << 20;

    private static final int PROMPTS = 500;
    private static final int BARRIERS = 9;

    private final EmbeddedFlink flink;
    private final Settings settings;
    private final KafkaProducer<byte[], byte[]> producer;
    private final JobOutput output;
    private final Set<String> answeredPrompts = new HashSet<>();
    private Report latestReport;

    private ServiceBench(EmbeddedKafka kafka, EmbeddedFlink flink, Settings settings) {
        this.flink = flink;
        this.settings = settings;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", "20"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        output = new JobOutput(
                new KafkaClients(settings.kafka()), settings.topics(), report -> latestReport = report, this::onSample);
    }

    /**
     * The measurements.
     *
     * @param symbolsPerSecond learning speed with a checkpoint every 10 s
     * @param symbolsPerSecondWithout learning speed without checkpoints
     * @param lanes of the last step
     * @param stepMillis mean step time in the last report
     * @param checkpointSeconds maximum end-to-end duration of a checkpoint
     * @param standstillMillis maximum time that a checkpoint paused the learner
     * @param barrierMedianMillis median time that a checkpoint barrier took through the writer, while the maximum
     *     number of texts was in progress and more prompts were waiting
     * @param barrierMostMillis maximum of that time
     * @param stopSeconds duration of a stop with a savepoint
     */
    public record Result(
            double symbolsPerSecond,
            double symbolsPerSecondWithout,
            int lanes,
            double stepMillis,
            double checkpointSeconds,
            long standstillMillis,
            long barrierMedianMillis,
            long barrierMostMillis,
            double stopSeconds) {}

    /**
     * Runs the benchmark.
     *
     * @param settings creates the job's settings from additional options: the address of Kafka
     * @param text to learn, repeated as often as needed
     * @param time determines the number of turns
     */
    public static Result run(Function<Map<String, String>, Settings> settings, byte[] text, Duration time)
            throws IOException {
        Path folder = Files.createTempDirectory("babble-bench");
        Configuration noCheckpoints =
                new Configuration().set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofDays(1));
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
                EmbeddedFlink flink =
                        EmbeddedFlink.start(new EmbeddedFlink.Place(folder.resolve("flink"), 1, 0, 0), noCheckpoints)) {
            Settings jobSettings = settings.apply(Map.of(Options.BOOTSTRAP_SERVERS, kafka.bootstrapServers()));
            TopicSetup.create(new KafkaClients(jobSettings.kafka()), jobSettings.topics());
            try (ServiceBench bench = new ServiceBench(kafka, flink, jobSettings)) {
                return bench.measure(text, Math.max(1, Math.round(time.toSeconds() * TURNS_PER_SECOND)));
            }
        } finally {
            FileUtils.deleteDirectory(folder.toFile());
        }
    }

    @Override
    public void close() {
        output.close();
        producer.close();
    }

    private Result measure(byte[] text, long turns) {
        publish(text);
        JobID job = start();
        await(() -> latestReport != null);
        CheckpointRecorder warmUp = new CheckpointRecorder(flink, job);
        for (int turn = 0; turn < WARM_UP_TURNS; turn++) {
            learn(TURN, warmUp::takeCheckpoint);
        }
        CheckpointRecorder recorder = new CheckpointRecorder(flink, job);
        Learned with = Learned.NOTHING;
        Learned without = Learned.NOTHING;
        for (long turn = 0; turn < turns; turn++) {
            with = with.plus(learn(TURN, recorder::takeCheckpoint));
            without = without.plus(learn(TURN, () -> {}));
        }
        Report last = latestReport;
        CheckpointTimes times = new CheckpointTimes(flink.tasks(job));
        List<AbstractCheckpointStats> checkpoints = recorder.statistics();
        long[] barriers = barrierTimes(job, times);
        long begin = System.nanoTime();
        flink.stopWithSavepoint(job, TIMEOUT);
        return new Result(
                with.symbolsPerSecond(),
                without.symbolsPerSecond(),
                last.lanes(),
                last.stepMillis(),
                CheckpointTimes.max(checkpoints, AbstractCheckpointStats::getEndToEndDuration) / 1e3,
                CheckpointTimes.max(checkpoints, times::learnerPause),
                barriers[barriers.length / 2],
                barriers[barriers.length - 1],
                (System.nanoTime() - begin) / 1e9);
    }

    private JobID start() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink.configuration());
        env.setParallelism(1);
        BabbleJob.onKafka(env, settings);
        JobID job = flink.submit(env.getStreamGraph());
        flink.awaitRunning(job, TIMEOUT);
        return job;
    }

    /** Milliseconds that checkpoint barriers take through an overloaded writer, in ascending order. */
    private long[] barrierTimes(JobID job, CheckpointTimes times) {
        sendPrompts();
        learn(TURN, () -> {});
        CheckpointRecorder recorder = new CheckpointRecorder(flink, job);
        for (int barrier = 0; barrier < BARRIERS; barrier++) {
            recorder.takeCheckpoint();
        }
        return recorder.statistics().stream()
                .mapToLong(times::barrierThroughWriter)
                .sorted()
                .toArray();
    }

    /** Symbols learned in a time. */
    private record Learned(long symbols, long millis) {
        static final Learned NOTHING = new Learned(0, 0);

        Learned plus(Learned other) {
            return new Learned(symbols + other.symbols, millis + other.millis);
        }

        double symbolsPerSecond() {
            return symbols * 1e3 / millis;
        }
    }

    /** Runs the action, and measures the learner from the latest report to the first one that is {@code time} later. */
    private Learned learn(Duration time, Runnable action) {
        Report begin = latestReport;
        action.run();
        await(() -> latestReport.at() - begin.at() >= time.toMillis());
        return new Learned(latestReport.symbols() - begin.symbols(), latestReport.at() - begin.at());
    }

    /** Sends more prompts than the writer answers at a time, and waits until it is fully loaded. */
    private void sendPrompts() {
        for (int i = 0; i < PROMPTS; i++) {
            String id = Integer.toString(i);
            Prompt prompt = new Prompt(id, "", Prompt.MAX_LENGTH, 1, 0, 1, i, null, Origin.PROMPT);
            send(settings.get(Options.PROMPTS_TOPIC), id, prompt.toJson());
        }
        producer.flush();
        await(() -> answeredPrompts.size() >= settings.get(Options.PROMPTS_MAX_ACTIVE));
    }

    private void onSample(Sample sample) {
        if (sample.origin() == Origin.PROMPT) {
            answeredPrompts.add(sample.id());
        }
    }

    private void publish(byte[] text) {
        int streams = settings.get(Options.WINDOW_LANES);
        for (int sent = 0, i = 0; sent < TEXT_BYTES; sent += RECORD_BYTES, i++) {
            int from = (int) (31L * sent % (text.length - RECORD_BYTES));
            send(
                    settings.get(Options.TEXT_TOPIC),
                    Integer.toString(i % streams),
                    Arrays.copyOfRange(text, from, from + RECORD_BYTES));
        }
        producer.flush();
    }

    private void send(String topic, String key, byte[] value) {
        var unused = producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
    }

    private void await(BooleanSupplier condition) {
        Deadline deadline = Deadline.fromNow(TIMEOUT);
        while (!condition.getAsBoolean()) {
            output.poll(Duration.ofMillis(200));
            if (deadline.isOverdue()) {
                throw new IllegalStateException("The service does not respond: run babble demo to see why");
            }
        }
    }
}
