package io.babble.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.babble.cli.terminal.Terminal;
import io.babble.cli.terminal.TextPrinter;
import io.babble.client.KafkaClients;
import io.babble.client.SampleFeed;
import io.babble.client.SampleText;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.Sample;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.time.Deadline;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Requests one text from the service. */
@Command(
        name = "prompt",
        description = "Requests one text from the service and prints it as it arrives.",
        mixinStandardHelpOptions = true)
final class Ask implements Callable<Integer> {
    @Parameters(paramLabel = "TEXT", description = "Beginning of the text; may be empty.")
    private String text;

    @Mixin
    private WritingOptions writing;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End the text after this string (default: none).")
    private String stop;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Fail when nothing arrives for this long (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    @Option(names = "--topic", description = "Prompts topic (default: babble.topics.prompts).")
    private String prompts;

    @Option(names = "--samples-topic", description = "Samples topic (default: babble.topics.samples).")
    private String samples;

    @Mixin
    private BrokerOptions broker;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Usage.check(spec, timeoutSeconds >= 1, "--timeout must be at least 1 second, not " + timeoutSeconds);
        Prompt prompt = prompt();
        KafkaClients clients = broker.clients();
        String promptsTopic = prompts != null ? prompts : broker.topics().prompts();
        String samplesTopic = samples != null ? samples : broker.topics().samples();
        clients.partitions(promptsTopic);
        try (SampleFeed feed = new SampleFeed(clients, samplesTopic, false)) {
            clients.send(new ProducerRecord<>(promptsTopic, prompt.id().getBytes(UTF_8), prompt.toJson()));
            AtomicBoolean reading = cancelOnExit(clients, promptsTopic, prompt);
            try {
                follow(feed, prompt);
            } finally {
                reading.set(false);
            }
        }
        return 0;
    }

    /** Cancels the prompt if the process ends, as by Ctrl-C, while the result is still true. */
    private static AtomicBoolean cancelOnExit(KafkaClients clients, String topic, Prompt prompt) {
        AtomicBoolean reading = new AtomicBoolean(true);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (reading.get()) {
                clients.send(new ProducerRecord<>(topic, prompt.id().getBytes(UTF_8), null));
            }
        }));
        return reading;
    }

    private Prompt prompt() {
        String id = UUID.randomUUID().toString();
        try {
            long seed = writing.seed == null ? Prompt.seedOf(id) : writing.seed;
            return new Prompt(
                    id,
                    text,
                    writing.length,
                    writing.temperature,
                    writing.topK,
                    writing.topP,
                    seed,
                    stop,
                    Origin.PROMPT);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void follow(SampleFeed feed, Prompt prompt) {
        TextPrinter printer = new TextPrinter(spec.commandLine().getOut(), Terminal.isOutput());
        SampleText answer = new SampleText();
        boolean started = false;
        Duration timeout = Duration.ofSeconds(timeoutSeconds);
        Deadline deadline = Deadline.fromNow(timeout);
        while (!answer.done()) {
            for (Sample piece : feed.poll(Duration.ofMillis(200))) {
                if (piece.id().equals(prompt.id())) {
                    String newText = answer.add(piece);
                    printer.print(started || piece.error() != null ? newText : prompt.prompt() + newText);
                    started = true;
                    deadline = Deadline.fromNow(timeout);
                }
            }
            if (!answer.done() && deadline.isOverdue()) {
                throw new CommandFailed("No text arrived for " + timeoutSeconds
                        + " s: check that a job runs on these topics, or raise --timeout");
            }
        }
        if (answer.error() != null) {
            throw new CommandFailed("The text ended with an error: " + answer.error());
        }
        printer.print("\n");
    }
}
