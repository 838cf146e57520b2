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

/** Runs the job where Kafka is somebody else's. */
@Command(
        name = "run",
        description = {
            "Runs the job on a Flink in this process, from and to the topics of a Kafka that is already there.",
            "Started again it goes on where it stopped."
        },
        mixinStandardHelpOptions = true)
final class Run implements Callable<Integer> {
    private static final Duration LAST_ONE_STOPS = Duration.ofSeconds(30);
    private static final Duration CHECK = Duration.ofSeconds(1);

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers (babble.kafka.bootstrap.servers, or 127.0.0.1:9092).")
    private String bootstrapServers;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "babble-data/run",
            description = "Keep checkpoints in this folder (${DEFAULT-VALUE}).")
    private Path folder;

    @Option(
            names = "--from",
            paramLabel = "SAVEPOINT",
            description = "Begin with this savepoint or checkpoint, and leave it as it is (with nothing).")
    private Path savepoint;

    @Option(names = "--create-topics", description = "Create the topics that do not exist.")
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
            throw CommandFailed.wrongCall("There is no savepoint at " + savepoint + ": name another one with --from");
        }
        PrintWriter out = spec.commandLine().getOut();
        Runnable waiting = () -> say(out, "Waiting for another process to stop that uses " + folder + " …");
        try (DataFolder data = DataFolder.open(folder, LAST_ONE_STOPS, waiting)) {
            ports.check();
            ensureTopics(settings);
            StopSignal stop = StopSignal.install();
            say(out, "Starting Flink …");
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
    }

    private void run(DataFolder data, Settings settings, StopSignal stop, PrintWriter out) throws InterruptedException {
        Configuration flink = options.flink();
        try (LocalJob job =
                LocalJob.start(ports.place(data.flink(), LocalJob.slots(flink)), settings, flink, savepoint)) {
            say(out, "  Kafka     " + settings.kafka().getProperty("bootstrap.servers"));
            say(out, "  Flink     " + job.webUi());
            say(out, "  metrics   " + job.metrics());
            say(out, "  data      " + folder);
            say(out, job.from().map(from -> "Goes on from " + from + ".").orElse("Starts anew."));
            while (!stop.await(CHECK)) {
                job.check().ifPresent(news -> say(out, news));
            }
            say(out, "Stopping with a savepoint …");
            Optional<Path> stopped = job.stop();
            say(
                    out,
                    stopped.map(path -> "Stopped at " + path)
                            .orElse("No savepoint could be taken; the next start goes on from the last checkpoint."));
        }
    }

    private static void say(PrintWriter out, String line) {
        out.println(line);
        out.flush();
    }
}
