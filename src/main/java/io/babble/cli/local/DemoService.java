package io.babble.cli.local;

import io.babble.cli.terminal.Screen;
import io.babble.client.FlowControl;
import io.babble.client.JobOutput;
import io.babble.client.KafkaClients;
import io.babble.client.PacedPublisher;
import io.babble.client.PastReports;
import io.babble.client.TopicSetup;
import io.babble.embedded.DataFolder;
import io.babble.embedded.EmbeddedFlink.Place;
import io.babble.embedded.EmbeddedKafka;
import io.babble.files.TextFiles;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.records.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.common.config.TopicConfig;

/** The whole demo in this process: Kafka, the job on an embedded Flink, and a publisher of a text. */
public final class DemoService implements AutoCloseable {
    private static final int MIN_STREAMS = 4;
    private static final int PARTITIONS = 2;
    /** By size and not by age, so that text that is not learned yet is still there at the next start. */
    private static final Map<String, String> TEXT_RETENTION = Map.of(
            TopicConfig.RETENTION_BYTES_CONFIG,
            Long.toString((1L << 30) / PARTITIONS),
            TopicConfig.RETENTION_MS_CONFIG,
            "-1");

    private static final long MIN_LIMIT = 16 << 10;
    private static final int WINDOWS_AHEAD = 4;
    private static final Duration KAFKA_SHUTDOWN_TIMEOUT = Duration.ofSeconds(30);

    private final EmbeddedKafka kafka;
    private final KafkaClients clients;
    private final LocalJob job;
    private final FlowControl flowControl;
    private final Settings settings;
    private final DataFolder data;
    private TextFiles text;
    private PacedPublisher publisher;

    private DemoService(DataFolder data, EmbeddedKafka kafka, KafkaClients clients, LocalJob job, Settings settings) {
        this.data = data;
        this.kafka = kafka;
        this.clients = clients;
        this.job = job;
        this.settings = settings;
        flowControl = new FlowControl(minLimit(settings), timeBetweenReports());
    }

    /**
     * Enough bytes for the first training step: all streams have text, and a deterministic job reaches its pending
     * bound.
     */
    private static long minLimit(Settings settings) {
        long streams = streams(settings);
        long windows = WINDOWS_AHEAD * streams * settings.get(Options.WINDOW_STEPS);
        long records = 2 * streams * PacedPublisher.RECORD_BYTES;
        long bound = settings.get(Options.DETERMINISTIC) ? settings.get(Options.PENDING_MAX) : 0;
        return Math.max(MIN_LIMIT, Math.max(windows, records)) + bound;
    }

    /** With exactly-once delivery reports become visible when a checkpoint commits them. */
    private Duration timeBetweenReports() {
        Duration interval = settings.get(Options.REPORTS_EVERY);
        boolean transactional = settings.get(Options.DELIVERY) == DeliveryGuarantee.EXACTLY_ONCE;
        return transactional ? interval.plus(job.checkpointInterval()) : interval;
    }

    /**
     * Starts Kafka and the job.
     *
     * @param settings creates the job's settings from Kafka's bootstrap servers
     * @param flinkOptions override the embedded Flink's defaults
     */
    public static DemoService start(
            DataFolder data,
            int kafkaPort,
            Place flink,
            Function<String, Settings> settings,
            Configuration flinkOptions) {
        EmbeddedKafka kafka = EmbeddedKafka.start(data.kafka(), kafkaPort);
        try {
            Settings jobSettings = settings.apply(kafka.bootstrapServers());
            KafkaClients clients = new KafkaClients(jobSettings.kafka());
            TopicSetup.create(clients, jobSettings.topics(), Optional.of(PARTITIONS), TEXT_RETENTION);
            LocalJob job = LocalJob.start(flink, jobSettings, flinkOptions, null);
            return new DemoService(data, kafka, clients, job, jobSettings);
        } catch (RuntimeException e) {
            close(kafka);
            throw e;
        }
    }

    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    public LocalJob job() {
        return job;
    }

    /** Passes reports and samples from now on to the screen, and reports to the publisher's flow control. */
    public JobOutput output(Screen screen) {
        return new JobOutput(
                clients,
                settings.topics(),
                report -> {
                    flowControl.onReport(report);
                    screen.report(report);
                },
                screen::sample);
    }

    /** The last report before the checkpoint that the job resumed from. */
    public Optional<Report> lastReportBeforeRestore() {
        return job.restoredCheckpointTime()
                .flatMap(time -> PastReports.lastBefore(time, clients, settings.get(Options.REPORTS_TOPIC)));
    }

    private static int streams(Settings settings) {
        return Math.max(MIN_STREAMS, settings.get(Options.WINDOW_LANES));
    }

    /** Starts to publish the files as one text, split into as many streams as the learner has lanes, or a few more. */
    public void publish(List<Path> files) throws IOException {
        text = new TextFiles(files);
        String name = files.get(0).getFileName().toString();
        String topic = settings.get(Options.TEXT_TOPIC);
        // Beside the topic, as both are deleted together.
        Path published = data.kafka().resolve("published-" + topic + ".json");
        publisher = PacedPublisher.start(
                clients, topic, new DemoText(text, name, streams(settings), published), flowControl);
    }

    /**
     * Reports a failure of the job since the last call, after which it restarts.
     *
     * @throws IllegalStateException when the job has ended, or publishing has failed
     */
    public Optional<String> check() {
        publisher.check();
        return job.check();
    }

    /** Stops publishing, then stops the job with a savepoint, as {@link LocalJob#stop}. */
    public Optional<Path> stop() {
        publisher.close();
        return job.stop();
    }

    /** Shuts down the publisher, then Flink, then Kafka. */
    @Override
    public void close() throws IOException {
        try (TextFiles files = text) {
            if (publisher != null) {
                publisher.close();
            }
            job.close();
        } finally {
            close(kafka);
        }
    }

    /** With a timeout, because a Kafka with problems may take minutes. Its data is safe anyway. */
    private static void close(EmbeddedKafka kafka) {
        try {
            CompletableFuture.runAsync(kafka::close).get(KAFKA_SHUTDOWN_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "Kafka did not shut down cleanly; it recovers from its log at the next start", e);
        }
    }
}
