package io.babble.cli;

import io.babble.client.KafkaClients;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.records.Topics;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The address of Kafka and the names of the topics, for a command that does not run a job. */
final class BrokerOptions {
    private static final String TOPICS_PREFIX = "babble.topics.";

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers (default: what the options say, or 127.0.0.1:9092).")
    private String bootstrapServers;

    @Mixin
    private ConfigOptions config;

    private Settings settings;

    /** @throws CommandFailed when an option is unknown, invalid, or has no effect on this command */
    KafkaClients clients() {
        return new KafkaClients(settings().kafka());
    }

    /** @throws CommandFailed as {@link #clients()} */
    Topics topics() {
        return settings().topics();
    }

    private Settings settings() {
        if (settings == null) {
            config.allowOnly(List.of(Options.KAFKA_CONFIG.key(), Options.KAFKA_PREFIX, TOPICS_PREFIX));
            settings = config.job(
                    Map.of(),
                    bootstrapServers == null ? Map.of() : Map.of(Options.BOOTSTRAP_SERVERS, bootstrapServers));
        }
        return settings;
    }
}
