package io.babble.cli;

import io.babble.client.KafkaClients;
import io.babble.client.TopicSetup;
import io.babble.records.Topics;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.util.TimeUtils;
import org.apache.kafka.common.config.TopicConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists and creates the topics of a job. */
@Command(
        name = "topics",
        description = {
            "Lists the topics that a job needs, and creates those that are missing.",
            "Topics that exist stay as they are. Exit code 1: topics are missing."
        },
        mixinStandardHelpOptions = true)
final class TopicsCommand implements Callable<Integer> {
    @Option(names = "--create", description = "Create topics that do not exist.")
    private boolean create;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Partitions of the text and prompts topics (default: what the broker says).")
    private Integer partitions;

    @Option(
            names = "--retention",
            paramLabel = "TIME",
            description = "How long Kafka keeps text, as \"30 d\" (default: what the broker says, often 7 days).")
    private String retention;

    @Mixin
    private BrokerOptions broker;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Usage.check(
                spec,
                create || (partitions == null && retention == null),
                "--partitions and --retention need --create");
        Usage.check(spec, partitions == null || partitions >= 1, "--partitions must be at least 1");
        Map<String, String> textConfig = textConfig();
        KafkaClients clients = broker.clients();
        Topics topics = broker.topics();
        Map<String, Integer> before = TopicSetup.partitions(clients, topics);
        if (create) {
            TopicSetup.create(clients, topics, Optional.ofNullable(partitions), textConfig);
        }
        print(topics, before, create ? TopicSetup.partitions(clients, topics) : before);
        TopicSetup.check(clients, topics);
        return 0;
    }

    private Map<String, String> textConfig() {
        if (retention == null) {
            return Map.of();
        }
        try {
            Duration time = TimeUtils.parseDuration(retention);
            return Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(time.toMillis()));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ParameterException(spec.commandLine(), "--retention must be a time as 30 d, not " + retention, e);
        }
    }

    private void print(Topics topics, Map<String, Integer> before, Map<String, Integer> now) {
        PrintWriter out = spec.commandLine().getOut();
        for (String topic : new LinkedHashSet<>(topics.all())) {
            String state = before.containsKey(topic) ? "exists" : now.containsKey(topic) ? "created" : "missing";
            out.println(topic + "  " + state + (now.containsKey(topic) ? ", partitions: " + now.get(topic) : ""));
        }
        out.flush();
    }
}
