package io.babble.cli;

import io.babble.cli.local.LocalJob;
import io.babble.cli.terminal.StopSignal;
import io.babble.client.KafkaClients;
import io.babble.client.TopicSetup;
import io.babble.embedded.DataFolder;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the job with an existing Kafka. */
@Command(
        name = "run",
        description = {
            "Runs the job on a Flink in this process, with the topics of an existing Kafka.",
            "The next start resumes where it stopped."
        },
        mixinStandardHelpOptions = true)
final class Run implements Callable<Integer> {
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers (default: what the options say, or 127.0.0.1:9092).")
    private String bootstrapServers;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "babble-data/run",
            description = "Folder for checkpoints (default: ${DEFAULT-VALUE}).")
    private Path folder;

    @Option(
            names = "--from",
            paramLabel = "SAVEPOINT",
            description = "Start from this savepoint or checkpoint, without deleting it (default: an untrained model).")
    private Path savepoint;

    @Option(names = "--create-topics", description = "Create topics that do not exist.")
    private boolean createTopics;

    @Mixin
    private FlinkPorts ports;

    @Mixin
    private ConfigOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = options.job(
                Map.of(), bootstrapServers == null ? Map.of() : Map.of(Options.BOOTSTRAP_SERVERS, bootstrapServers));
        if (savepoint != null && !Files.exists(savepoint)) {
            throw CommandFailed.invalidUsage(
                    "There is no savepoint at " + savepoint + ": choose another one with --from");
        }
        PrintWriter out = spec.commandLine().getOut();
        Runnable onWait = () -> print(out, "Waiting for another process to release " + folder + " …");
        try (DataFolder data = DataFolder.open(folder, LOCK_TIMEOUT, onWait)) {
            ports.check();
            ensureTopics(settings);
            StopSignal stop = StopSignal.install();
            print(out, "Starting Flink …");
            run(data, settings, stop, out);
        }
        return 0;
    }

    private void ensureTopics(Settings settings) {
        KafkaClients clients = new KafkaClients(settings.kafka());
        if (createTopics) {
            TopicSetup.create(clients, settings.topics());
        } else {
            TopicSetup.check(clients, settings.topics());
        }
        TopicSetup.warnIfShorter(clients, settings.get(Options.TEXT_TOPIC), settings.get(Options.TEXT_MAX_BYTES));
    }

    private void run(DataFolder data, Settings settings, StopSignal stop, PrintWriter out) throws InterruptedException {
        Configuration flink = options.flink();
        try (LocalJob job =
                LocalJob.start(ports.place(data.flink(), LocalJob.slots(flink)), settings, flink, savepoint)) {
            print(out, "  Kafka     " + settings.kafka().getProperty("bootstrap.servers"));
            print(out, "  Flink     " + job.webUi());
            print(out, "  metrics   " + job.metrics());
            print(out, "  data      " + folder);
            print(
                    out,
                    job.restoredFrom()
                            .map(from -> "Resuming from " + from + ".")
                            .orElse("Starting with an untrained model."));
            while (!stop.await(CHECK_INTERVAL)) {
                job.check().ifPresent(failure -> print(out, failure));
            }
            print(out, "Stopping with a savepoint …");
            Optional<Path> stopped = job.stop();
            print(
                    out,
                    stopped.map(path -> "Stopped with savepoint " + path)
                            .orElse("Stopped without a savepoint. The next start resumes from the last checkpoint."));
        }
    }

    private static void print(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }
}
