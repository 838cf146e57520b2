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
import org.apache.flink.api.common.time.Deadline;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the whole service. */
@Command(
        name = "demo",
        description = {
            "Starts Kafka, Flink, the job and a publisher in this process, and shows how it learns.",
            "The next start resumes where it stopped."
        },
        mixinStandardHelpOptions = true)
final class Demo implements Callable<Integer> {
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(30);
    private static final String STOPPED = "Stopped. The next start resumes from this savepoint.";
    private static final String STOPPED_WITHOUT_SAVEPOINT =
            "Stopped without a savepoint. The next start resumes from the last checkpoint.";
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

    @Option(
            names = "--text",
            arity = "1..*",
            paramLabel = "FILE",
            description = "UTF-8 text to learn (default: bundled Shakespeare).")
    private List<Path> files = List.of();

    @Option(names = "--seconds", paramLabel = "N", description = "Stop after this time (default: on Ctrl-C).")
    private Long seconds;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "babble-data",
            description = "Folder for all data (default: ${DEFAULT-VALUE}).")
    private Path folder;

    @Option(names = "--fresh", description = "Delete the data in the folder and start with an untrained model.")
    private boolean fresh;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "Port of Kafka, 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int kafkaPort;

    @Mixin
    private FlinkPorts flinkPorts;

    @Mixin
    private ConfigOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        String log = LogFile.useByDefault(folder.resolve("babble.log"));
        settings("127.0.0.1:" + kafkaPort); // refuses invalid options before anything starts
        Screen screen = new Screen(spec.commandLine().getOut(), Terminal.isOutput(), System::nanoTime);
        Runnable onWait = () -> screen.printLine("Waiting for another process to release " + folder + " …");
        String summary;
        try (DataFolder data = DataFolder.open(folder, LOCK_TIMEOUT, onWait)) {
            FlinkPorts.check(kafkaPort, "Kafka", "--kafka-port");
            flinkPorts.check();
            if (fresh) {
                data.clear();
            }
            StopSignal stop = StopSignal.install();
            screen.printLine("Starting Kafka and Flink …");
            summary = runService(data, screen, stop, log);
        }
        screen.printLine(summary);
        return 0;
    }

    private String runService(DataFolder data, Screen screen, StopSignal stop, String log) throws IOException {
        Configuration flink = limitedRestarts();
        flink.addAll(options.flink());
        String summary;
        try (DemoService service = DemoService.start(
                data, kafkaPort, flinkPorts.place(data.flink(), LocalJob.slots(flink)), this::settings, flink)) {
            try (JobOutput output = service.output(screen)) {
                printAddresses(service, screen, log);
                printStart(service, screen);
                service.publish(files.isEmpty() ? List.of(bundled(data)) : files);
                watch(service, output, screen, stop);
                screen.printLine("Stopping with a savepoint …");
                boolean saved = service.stop().isPresent();
                output.poll(POLL_TIMEOUT);
                screen.endProgress();
                screen.printLine(saved ? STOPPED : STOPPED_WITHOUT_SAVEPOINT);
            }
            summary = screen.summary(service.job().completedCheckpoints());
        }
        return summary;
    }

    private void printAddresses(DemoService service, Screen screen, String log) {
        screen.printLine("  Kafka     " + service.bootstrapServers());
        screen.printLine("  Flink     " + service.job().webUi());
        screen.printLine("  metrics   " + service.job().metrics());
        screen.printLine("  data      " + folder + " (log: " + log + ")");
    }

    private static void printStart(DemoService service, Screen screen) {
        Optional<Path> from = service.job().restoredFrom();
        if (from.isEmpty()) {
            screen.printLine("Starting with an untrained model. Ctrl-C stops it; the next start resumes.");
        } else {
            String symbols = service.lastReportBeforeRestore()
                    .map(report -> String.format(Locale.ROOT, ", at about %,d symbols", report.symbols()))
                    .orElse("");
            screen.printLine("Resuming from " + from.get().getFileName() + symbols + ". Ctrl-C stops it.");
        }
    }

    private void watch(DemoService service, JobOutput output, Screen screen, StopSignal stop) {
        Optional<Deadline> end =
                Optional.ofNullable(seconds).map(Duration::ofSeconds).map(Deadline::fromNow);
        Deadline nextCheck = Deadline.fromNow(CHECK_INTERVAL);
        while (!stop.isReceived()
                && !screen.isOutputClosed()
                && end.map(Deadline::hasTimeLeft).orElse(true)) {
            output.poll(POLL_TIMEOUT);
            if (nextCheck.isOverdue()) {
                nextCheck = Deadline.fromNow(CHECK_INTERVAL);
                service.check().ifPresent(screen::printLine);
            }
        }
    }

    /** The demo has a user who watches it: it gives up after some failures and shows the reason. */
    private static Configuration limitedRestarts() {
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

    /** Copies the bundled text to a file, which can be read from any position. */
    private static Path bundled(DataFolder data) throws IOException {
        return Files.write(data.path().resolve(BundledText.NAME), BundledText.read());
    }
}
