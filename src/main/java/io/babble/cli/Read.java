package io.babble.cli;

import io.babble.cli.terminal.Terminal;
import io.babble.cli.terminal.TextPrinter;
import io.babble.cli.terminal.Transcript;
import io.babble.client.SampleFeed;
import io.babble.records.Origin;
import io.babble.records.Sample;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Follows the samples. */
@Command(
        name = "read",
        description = "Follows the samples and prints them as they are written, one text at a time.",
        mixinStandardHelpOptions = true)
final class Read implements Callable<Integer> {
    @Option(names = "--from-beginning", description = "Start with the oldest sample in the topic.")
    private boolean fromBeginning;

    @Option(names = "--prompts-only", description = "Print only answers to prompts.")
    private boolean promptsOnly;

    @Option(names = "--count", paramLabel = "N", description = "Stop after N texts (default: never).")
    private long count = Long.MAX_VALUE;

    @Option(names = "--topic", description = "Samples topic (default: babble.topics.samples).")
    private String topic;

    @Mixin
    private BrokerOptions broker;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Usage.check(spec, count >= 1, "--count must be at least 1, not " + count);
        TextPrinter printer = new TextPrinter(spec.commandLine().getOut(), Terminal.isOutput());
        Transcript transcript = new Transcript();
        try (SampleFeed feed = new SampleFeed(
                broker.clients(), topic != null ? topic : broker.topics().samples(), fromBeginning)) {
            while (true) {
                for (Sample piece : feed.poll(Duration.ofMillis(500))) {
                    boolean wanted = !promptsOnly || piece.origin() == Origin.PROMPT;
                    boolean outputOpen = !wanted || printer.print(transcript.add(piece));
                    if (!outputOpen || transcript.finished() >= count) {
                        return 0;
                    }
                }
            }
        }
    }
}
