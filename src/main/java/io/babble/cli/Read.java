package io.babble.cli;

import io.babble.cli.terminal.Printed;
import io.babble.cli.terminal.Terminal;
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

/** Follows what is written. */
@Command(
        name = "read",
        description = "Follows what is written and prints it as it comes, one text at a time.",
        mixinStandardHelpOptions = true)
final class Read implements Callable<Integer> {
    @Option(names = "--from-beginning", description = "Begin with the oldest text the topic has.")
    private boolean fromBeginning;

    @Option(names = "--prompts-only", description = "Only texts that somebody asked for.")
    private boolean promptsOnly;

    @Option(names = "--count", paramLabel = "N", description = "Stop after N texts (never).")
    private long count = Long.MAX_VALUE;

    @Option(names = "--topic", description = "The topic (babble.topics.samples).")
    private String topic;

    @Mixin
    private BrokerOptions broker;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Printed printed = new Printed(spec.commandLine().getOut(), Terminal.interactive());
        Transcript transcript = new Transcript();
        try (SampleFeed feed = new SampleFeed(
                broker.clients(), topic != null ? topic : broker.topics().samples(), fromBeginning)) {
            while (true) {
                for (Sample piece : feed.poll(Duration.ofMillis(500))) {
                    boolean wanted = !promptsOnly || piece.origin() == Origin.PROMPT;
                    boolean read = !wanted || printed.print(transcript.add(piece));
                    if (!read || transcript.finished() >= count) {
                        return 0;
                    }
                }
            }
        }
    }
}
