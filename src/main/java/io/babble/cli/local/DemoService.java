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
import io.babble.files.TextStreams;
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
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.common.config.TopicConfig;

/** Everything that Babble needs, in this process: Kafka, the job on its Flink, and somebody who publishes a text. */
public final class DemoService implements AutoCloseable {
    private static final int LEAST_STREAMS = 4;
    private static final int PARTITIONS = 2;
    /** By size, not by age: what nobody has learned yet waits for the next start. */
    private static final Map<String, String> TEXT_RETENTION = Map.of(
            TopicConfig.RETENTION_BYTES_CONFIG,
            Long.toString((1L << 30) / PARTITIONS),
            TopicConfig.RETENTION_MS_CONFIG,
            "-1");

    private static final long LEAST_LEAD = 16 << 10;
    private static final int WINDOWS_AHEAD = 4;
    private static final Duration KAFKA_STOP = Duration.ofSeconds(30);

    private final EmbeddedKafka kafka;
    private final KafkaClients clients;
    private final LocalJob job;
    private final FlowControl flowControl;
    private final Settings settings;
    private TextFiles text;
    private PacedPublisher publisher;

    private DemoService(EmbeddedKafka kafka, KafkaClients clients, LocalJob job, Settings settings) {
        this.kafka = kafka;
        this.clients = clients;
        this.job = job;
        this.settings = settings;
        flowControl = new FlowControl(minLimit(settings), timeBetweenReports());
    }

    /** Enough for the first step: every stream has text, and a deterministic job has reached its bound. */
    private static long minLimit(Settings settings) {
        long streams = streams(settings);
        long windows = WINDOWS_AHEAD * streams * settings.get(Options.WINDOW_STEPS);
        long records = 2 * streams * PacedPublisher.RECORD_BYTES;
        long bound = settings.get(Options.DETERMINISTIC) ? settings.get(Options.PENDING_MAX) : 0;
        return Math.max(LEAST_LEAD, Math.max(windows, records)) + bound;
    }

    /** In transactions reports are seen when a checkpoint commits them. */
    private Duration timeBetweenReports() {
        Duration every = settings.get(Options.REPORTS_EVERY);
        boolean committed = settings.get(Options.DELIVERY) == DeliveryGuarantee.EXACTLY_ONCE;
        return committed ? every.plus(job.checkpointInterval()) : every;
    }

    /**
     * Starts Kafka and the job.
     *
     * @param settings of the job, given where Kafka is
     */
    public static DemoService start(
            DataFolder data,
            int kafkaPort,
            Place flink,
            Function<String, Settings> settings,
            Configuration flinkOptions) {
        EmbeddedKafka kafka = EmbeddedKafka.start(data.kafka(), kafkaPort);
        try {
            Settings known = settings.apply(kafka.bootstrapServers());
            KafkaClients clients = new KafkaClients(known.kafka());
            TopicSetup.create(clients, known.topics(), Optional.of(PARTITIONS), TEXT_RETENTION);
            LocalJob job = LocalJob.start(flink, known, flinkOptions, null);
            return new DemoService(kafka, clients, job, known);
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

    /** What is written from now on goes to the screen, and the publisher keeps to the learner's pace. */
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

    /** The last report of before the checkpoint that the job goes on from. */
    public Optional<Report> reportAtStart() {
        return job.fromTime()
                .flatMap(time -> PastReports.lastBefore(time, clients, settings.get(Options.REPORTS_TOPIC)));
    }

    private static int streams(Settings settings) {
        return Math.max(LEAST_STREAMS, settings.get(Options.WINDOW_LANES));
    }

    /** Begins to publish these files, in as many streams as the learner takes side by side, or a few more. */
    public void publish(List<Path> files) throws IOException {
        text = new TextFiles(files);
        TextStreams parts = new TextStreams(text, streams(settings));
        String name = files.get(0).getFileName().toString();
        // With their number in the name: cut into another number, they are other streams.
        List<String> names = IntStream.rangeClosed(1, parts.count())
                .mapToObj(i -> name + "-" + i + "-of-" + parts.count())
                .toList();
        publisher = PacedPublisher.start(clients, settings.get(Options.TEXT_TOPIC), names, parts::read, flowControl);
    }

    /**
     * Why the job has failed since the last call, though it runs again.
     *
     * @throws IllegalStateException when the job has ended, or nothing can be published
     */
    public Optional<String> check() {
        publisher.check();
        return job.check();
    }

    /** Publishes no more and stops the job with a savepoint. */
    public Optional<Path> stop() {
        publisher.close();
        return job.stop();
    }

    /** Ends what still runs: the publisher, then Flink, then Kafka. */
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

    /** Kafka may wait for minutes when something is wrong with it; its data is safe without. */
    private static void close(EmbeddedKafka kafka) {
        try {
            CompletableFuture.runAsync(kafka::close).get(KAFKA_STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Kafka did not stop in order; it goes on from its log the next time", e);
        }
    }
}
