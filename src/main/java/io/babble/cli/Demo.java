package io.babble.cli;

import io.babble.cli.local.DemoService;
import io.babble.cli.local.LocalJob;
import io.babble.cli.terminal.LogFile;
import io.babble.cli.terminal.Screen;
import io.babble.cli.terminal.StopSignal;
import io.babble.cli.terminal.Terminal;
import io.babble.client.JobOutput;
import io.babble.embedded.DataFolder;
import io.babble.files.BundledText;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows everything at work. */
@Command(
        name = "demo",
        description = {
            "Starts Kafka, Flink, the job and a publisher in this process, and shows how it learns.",
            "Started again it goes on where it stopped."
        },
        mixinStandardHelpOptions = true)
final class Demo implements Callable<Integer> {
    private static final Duration LAST_ONE_STOPS = Duration.ofSeconds(30);
    private static final String STOPPED = "Stopped; the next start goes on from here.";
    private static final String NOT_SAVED =
            "No savepoint could be taken; the next start goes on from the last checkpoint.";
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long CHECK_NANOS = Duration.ofSeconds(1).toNanos();

    @Option(
            names = "--text",
            arity = "1..*",
            paramLabel = "FILE",
            description = "UTF-8 text to learn (some Shakespeare).")
    private List<Path> files = List.of();

    @Option(names = "--seconds", paramLabel = "N", description = "Stop after so long (when told to).")
    private Long seconds;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "babble-data",
            description = "Keep everything in this folder (${DEFAULT-VALUE}).")
    private Path folder;

    @Option(names = "--fresh", description = "Forget what the folder has and start anew.")
    private boolean fresh;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "Kafka; 0 for any free port (${DEFAULT-VALUE}).")
    private int kafkaPort;

    @Mixin
    private FlinkPorts flinkPorts;

    @Mixin
    private ConfigOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        String log = LogFile.orElse(folder.resolve("babble.log"));
        settings("127.0.0.1:" + kafkaPort);
        Screen screen = new Screen(spec.commandLine().getOut(), Terminal.interactive(), System::nanoTime);
        Runnable waiting = () -> screen.say("Waiting for another process to stop that uses " + folder + " …");
        String summary;
        try (DataFolder data = DataFolder.open(folder, LAST_ONE_STOPS, waiting)) {
            FlinkPorts.check(kafkaPort, "Kafka", "--kafka-port");
            flinkPorts.check();
            if (fresh) {
                data.clear();
            }
            StopSignal stop = StopSignal.install();
            screen.say("Starting Kafka and Flink …");
            summary = show(data, screen, stop, log);
        }
        screen.say(summary);
        return 0;
    }

    private String show(DataFolder data, Screen screen, StopSignal stop, String log) throws IOException {
        Configuration flink = someRestarts();
        flink.addAll(options.flink());
        String summary;
        try (DemoService service = DemoService.start(
                data, kafkaPort, flinkPorts.place(data.flink(), LocalJob.slots(flink)), this::settings, flink)) {
            try (JobOutput output = service.output(screen)) {
                introduce(service, screen, log);
                service.publish(files.isEmpty() ? List.of(bundled(data)) : files);
                watch(service, output, screen, stop);
                screen.say("Stopping with a savepoint …");
                boolean saved = service.stop().isPresent();
                output.poll(POLL);
                screen.end();
                screen.say(saved ? STOPPED : NOT_SAVED);
            }
            summary = screen.summary(service.job().checkpoints());
        }
        return summary;
    }

    private void introduce(DemoService service, Screen screen, String log) throws IOException {
        screen.say("  Kafka     " + service.bootstrapServers());
        screen.say("  Flink     " + service.job().webUi());
        screen.say("  metrics   " + service.job().metrics());
        screen.say("  data      " + folder + " (log: " + log + ")");
        Optional<Path> from = service.job().from();
        if (from.isEmpty()) {
            screen.say("Starts anew. Ctrl-C stops it; started again it goes on.");
        } else {
            String symbols = service.reportAtStart()
                    .map(report -> String.format(Locale.ROOT, ", at about %,d symbols", report.symbols()))
                    .orElse("");
            screen.say("Goes on from " + from.get().getFileName() + symbols + ". Ctrl-C stops it.");
        }
    }

    private void watch(DemoService service, JobOutput output, Screen screen, StopSignal stop) {
        long began = System.nanoTime();
        long checked = began;
        while (!stop.asked() && !screen.abandoned() && !over(began)) {
            output.poll(POLL);
            if (System.nanoTime() - checked >= CHECK_NANOS) {
                checked = System.nanoTime();
                service.check().ifPresent(screen::say);
            }
        }
    }

    private boolean over(long began) {
        return seconds != null
                && System.nanoTime() - began >= Duration.ofSeconds(seconds).toNanos();
    }

    /** Somebody watches: what fails again and again is better said than tried for ever. */
    private static Configuration someRestarts() {
        return new Configuration()
                .set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, 5)
                .set(
                        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                        Duration.ofMinutes(5));
    }

    private Settings settings(String bootstrapServers) {
        return options.job(
                Map.of(Options.REPLAY_IDLE.key(), "true"), Map.of(Options.BOOTSTRAP_SERVERS, bootstrapServers));
    }

    /** As a file, to be read at any place. */
    private static Path bundled(DataFolder data) throws IOException {
        return Files.write(data.path().resolve(BundledText.NAME), BundledText.read());
    }
}
