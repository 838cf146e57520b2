package io.babble.cli.bench;

import io.babble.client.JobOutput;
import io.babble.client.KafkaClients;
import io.babble.client.TopicSetup;
import io.babble.embedded.EmbeddedFlink;
import io.babble.embedded.EmbeddedKafka;
import io.babble.job.BabbleJob;
import io.babble.job.learn.LearnOperator;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.job.write.WriteOperator;
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
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.SubtaskStateStats;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Measures the whole service, from Kafka to Kafka, with more text waiting than it can learn: by turns with a checkpoint and
 * without, then with more prompts than it can answer.
 */
public final class ServiceBench implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** From one checkpoint to the next, as the service has it. */
    private static final Duration TURN = Duration.ofSeconds(10);
    /** As long as the JVM takes a good part of the cores to compile what the job does seldom. */
    private static final int WARM_UP_TURNS = 12;
    /** Turns with a checkpoint, and as many without, for each second that a row is measured: what a checkpoint costs is little. */
    private static final double TURNS_PER_SECOND = 0.3;

    private static final int RECORD_BYTES = 4096;
    /** More than is learned while this measures, at any speed that a CPU reaches. */
    private static final int TEXT_BYTES = 24 << 20;

    private static final int PROMPTS = 500;
    private static final int BARRIERS = 9;

    private final EmbeddedFlink flink;
    private final Settings settings;
    private final KafkaProducer<byte[], byte[]> producer;
    private final JobOutput output;
    private final Set<String> inProgress = new HashSet<>();
    private Report newest;

    private ServiceBench(EmbeddedKafka kafka, EmbeddedFlink flink, Settings settings) {
        this.flink = flink;
        this.settings = settings;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", "20"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        output = new JobOutput(
                new KafkaClients(settings.kafka()), settings.topics(), report -> newest = report, this::progress);
    }

    /**
     * How the service did.
     *
     * @param symbolsPerSecond characters learned with a checkpoint every 10 s
     * @param symbolsPerSecondWithout characters learned without checkpoints
     * @param lanes of the last step
     * @param stepMillis the last step's time
     * @param checkpointSeconds the most from the request to the end
     * @param standstillMillis the most that the learner stood still for a checkpoint
     * @param barrierMedianMillis what a checkpoint's last barrier took from learner or prompts to the writer's snapshot, with as many
     *     texts in progress as there may be and others waiting
     * @param barrierMostMillis the most that one took
     * @param stopSeconds for a stop with a savepoint
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
     * Runs the service and measures it.
     *
     * @param settings of the job, given the options that say where Kafka is
     */
    public static Result run(Function<Map<String, String>, Settings> settings, byte[] text, Duration time)
            throws IOException {
        Path folder = Files.createTempDirectory("babble-bench");
        Configuration noCheckpoints =
                new Configuration().set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofDays(1));
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
                EmbeddedFlink flink =
                        EmbeddedFlink.start(new EmbeddedFlink.Place(folder.resolve("flink"), 1, 0, 0), noCheckpoints)) {
            Settings known = settings.apply(Map.of(Options.BOOTSTRAP_SERVERS, kafka.bootstrapServers()));
            TopicSetup.create(new KafkaClients(known.kafka()), known.topics());
            try (ServiceBench bench = new ServiceBench(kafka, flink, known)) {
                return bench.measure(text, Math.max(1, Math.round(time.toSeconds() * TURNS_PER_SECOND)));
            }
        } finally {
            delete(folder);
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
        await(() -> newest != null);
        for (int turn = 0; turn < WARM_UP_TURNS; turn++) {
            learned(TURN, () -> flink.checkpoint(job, PATIENCE));
        }
        Learned with = Learned.NOTHING;
        Learned without = Learned.NOTHING;
        for (long turn = 0; turn < turns; turn++) {
            with = with.plus(learned(TURN, () -> flink.checkpoint(job, PATIENCE)));
            without = without.plus(learned(TURN, () -> {}));
        }
        Report last = newest;
        Tasks tasks = new Tasks(flink.tasks(job));
        List<AbstractCheckpointStats> learning = checkpoints(job);
        long[] barriers = barriers(job, tasks);
        long begin = System.nanoTime();
        flink.stopWithSavepoint(job, PATIENCE);
        return new Result(
                with.symbolsPerSecond(),
                without.symbolsPerSecond(),
                last.lanes(),
                last.stepMillis(),
                most(learning, AbstractCheckpointStats::getEndToEndDuration) / 1e3,
                most(learning, tasks::standstill),
                barriers[barriers.length / 2],
                barriers[barriers.length - 1],
                (System.nanoTime() - begin) / 1e9);
    }

    private JobID start() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink.configuration());
        env.setParallelism(1);
        BabbleJob.onKafka(env, settings);
        JobID job = flink.submit(env.getStreamGraph());
        flink.awaitRunning(job, PATIENCE);
        return job;
    }

    /** How long barriers took through a writer that has more to do than it can, in ascending order. */
    private long[] barriers(JobID job, Tasks tasks) {
        ask();
        learned(TURN, () -> {});
        for (int barrier = 0; barrier < BARRIERS; barrier++) {
            flink.checkpoint(job, PATIENCE);
        }
        return checkpoints(job).stream()
                .limit(BARRIERS)
                .mapToLong(tasks::throughWriter)
                .sorted()
                .toArray();
    }

    private static long most(
            List<AbstractCheckpointStats> checkpoints, ToLongFunction<AbstractCheckpointStats> millis) {
        return checkpoints.stream().mapToLong(millis).max().orElseThrow();
    }

    /** What was learned, and how long that took. */
    private record Learned(long symbols, long millis) {
        static final Learned NOTHING = new Learned(0, 0);

        Learned plus(Learned other) {
            return new Learned(symbols + other.symbols, millis + other.millis);
        }

        double symbolsPerSecond() {
            return symbols * 1e3 / millis;
        }
    }

    /** From one report to another that is so much later. */
    private Learned learned(Duration time, Runnable first) {
        Report begin = newest;
        first.run();
        await(() -> newest.at() - begin.at() >= time.toMillis());
        return new Learned(newest.symbols() - begin.symbols(), newest.at() - begin.at());
    }

    /** More prompts than are written at a time; waits until that many are. */
    private void ask() {
        for (int i = 0; i < PROMPTS; i++) {
            String id = Integer.toString(i);
            Prompt prompt = new Prompt(id, "", Prompt.MAX_LENGTH, 1, 0, 1, i, null, Origin.PROMPT);
            send(settings.get(Options.PROMPTS_TOPIC), id, prompt.toJson());
        }
        producer.flush();
        await(() -> inProgress.size() >= settings.get(Options.PROMPTS_MAX_ACTIVE));
    }

    private void progress(Sample sample) {
        if (sample.origin() == Origin.PROMPT) {
            inProgress.add(sample.id());
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

    private void await(BooleanSupplier what) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!what.getAsBoolean()) {
            output.poll(Duration.ofMillis(200));
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("The service does not report: run babble demo and see what it says");
            }
        }
    }

    /** Those that Flink remembers, the newest first. */
    private List<AbstractCheckpointStats> checkpoints(JobID job) {
        return flink.checkpointStatistics(job).getHistory().getCheckpoints();
    }

    /** What a checkpoint meant for the job's tasks. */
    private record Tasks(Map<String, JobVertexID> byName) {
        /** Milliseconds that the learner did nothing else. */
        long standstill(AbstractCheckpointStats checkpoint) {
            return subtasks(checkpoint, LearnOperator.UID)
                    .mapToLong(SubtaskStateStats::getSyncCheckpointDuration)
                    .max()
                    .orElseThrow();
        }

        /** Milliseconds from when learner and prompts let the barrier go to when the writer had both. */
        long throughWriter(AbstractCheckpointStats checkpoint) {
            return aligned(checkpoint, WriteOperator.UID)
                    - Math.max(aligned(checkpoint, LearnOperator.UID), aligned(checkpoint, "Source: prompts"));
        }

        /** Milliseconds from the request to the last barrier. */
        private long aligned(AbstractCheckpointStats checkpoint, String task) {
            return subtasks(checkpoint, task)
                    .mapToLong(subtask -> Math.max(0, subtask.getCheckpointStartDelay())
                            + Math.max(0, subtask.getAlignmentDuration()))
                    .max()
                    .orElseThrow();
        }

        private Stream<SubtaskStateStats> subtasks(AbstractCheckpointStats checkpoint, String task) {
            JobVertexID id = byName.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(task))
                    .findFirst()
                    .orElseThrow()
                    .getValue();
            return Arrays.stream(checkpoint.getTaskStateStats(id).getSubtaskStats());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
