package io.babble.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.Sample;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
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

    @Option(names = "--topic", defaultValue = "babble.prompts", description = "The prompts' topic (${DEFAULT-VALUE}).")
    private String prompts;

    @Option(
            names = "--samples-topic",
            defaultValue = "babble.samples",
            description = "The samples' topic (${DEFAULT-VALUE}).")
    private String samples;

    @Mixin
    private Broker broker;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Prompt prompt = prompt();
        broker.partitions(prompts);
        try (SampleFeed feed = new SampleFeed(broker, samples, false)) {
            send(prompt);
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

    private void send(Prompt prompt) {
        try (Producer<byte[], byte[]> producer = broker.producer()) {
            producer.send(new ProducerRecord<>(prompts, prompt.id().getBytes(UTF_8), prompt.toJson()))
                    .get();
        } catch (ExecutionException e) {
            throw broker.failed(prompts, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("Interrupted while sending the prompt", e);
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
