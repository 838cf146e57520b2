package io.babble.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.babble.cli.terminal.Printed;
import io.babble.cli.terminal.Terminal;
import io.babble.client.KafkaClients;
import io.babble.client.SampleFeed;
import io.babble.client.SampleText;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.Sample;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks for one text. */
@Command(name = "prompt", description = "Asks for one text and prints it as it comes.", mixinStandardHelpOptions = true)
final class Ask implements Callable<Integer> {
    @Parameters(paramLabel = "TEXT", description = "How the text begins; may be empty.")
    private String text;

    @Mixin
    private WritingOptions writing;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End when this has been written (never).")
    private String stop;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Give up when nothing comes for so long (${DEFAULT-VALUE}).")
    private int timeout;

    @Option(names = "--topic", description = "The prompts' topic (babble.topics.prompts).")
    private String prompts;

    @Option(names = "--samples-topic", description = "The samples' topic (babble.topics.samples).")
    private String samples;

    @Mixin
    private BrokerOptions broker;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Prompt prompt = prompt();
        KafkaClients clients = broker.clients();
        String promptsTopic = prompts != null ? prompts : broker.topics().prompts();
        String samplesTopic = samples != null ? samples : broker.topics().samples();
        clients.partitions(promptsTopic);
        try (SampleFeed feed = new SampleFeed(clients, samplesTopic, false)) {
            clients.send(new ProducerRecord<>(promptsTopic, prompt.id().getBytes(UTF_8), prompt.toJson()));
            follow(feed, prompt);
        }
        return 0;
    }

    private Prompt prompt() {
        String id = UUID.randomUUID().toString();
        try {
            long chosen = writing.seed == null ? Prompt.seedOf(id) : writing.seed;
            return new Prompt(
                    id,
                    text,
                    writing.length,
                    writing.temperature,
                    writing.topK,
                    writing.topP,
                    chosen,
                    stop,
                    Origin.PROMPT);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void follow(SampleFeed feed, Prompt prompt) {
        Printed printed = new Printed(spec.commandLine().getOut(), Terminal.interactive());
        SampleText answer = new SampleText();
        boolean begun = false;
        long patience = Duration.ofSeconds(timeout).toNanos();
        long deadline = System.nanoTime() + patience;
        while (!answer.done()) {
            for (Sample piece : feed.poll(Duration.ofMillis(200))) {
                if (piece.id().equals(prompt.id())) {
                    String fresh = answer.add(piece);
                    printed.print(begun || piece.error() != null ? fresh : prompt.prompt() + fresh);
                    begun = true;
                    deadline = System.nanoTime() + patience;
                }
            }
            if (!answer.done() && System.nanoTime() - deadline > 0) {
                throw new CommandFailed("Nothing has come for " + timeout
                        + " s: see whether a job runs on these topics, or give it more time with --timeout");
            }
        }
        if (answer.error() != null) {
            throw new CommandFailed("No more text: " + answer.error());
        }
        printed.print("\n");
    }
}
