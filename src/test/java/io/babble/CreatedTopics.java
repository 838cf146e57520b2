package io.babble;

import io.babble.client.KafkaClients;
import io.babble.client.TopicSetup;
import io.babble.records.Topics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** The topics of a job on a broker that a test runs on. */
public final class CreatedTopics {
    private CreatedTopics() {}

    /**
     * Creates topics whose names begin with {@code prefix}; they can be used when this returns.
     *
     * @param partitions of those that a job reads; the others have one
     */
    public static Topics on(String bootstrapServers, String prefix, int partitions) {
        Topics topics = new Topics(
                prefix + ".text",
                prefix + ".prompts",
                prefix + ".samples",
                prefix + ".reports",
                prefix + ".dead-letters");
        TopicSetup.create(
                clients(bootstrapServers),
                topics,
                Optional.of(partitions),
                Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "4000000"));
        return topics;
    }

    /** Creates the topics that a job has by default. */
    public static void byDefault(String bootstrapServers, int partitions) {
        TopicSetup.create(clients(bootstrapServers), Topics.DEFAULT, Optional.of(partitions), Map.of());
    }

    /** Creates one topic. */
    public static void one(String bootstrapServers, String name, int partitions) {
        TopicSetup.create(clients(bootstrapServers), List.of(new NewTopic(name, partitions, (short) 1)));
    }

    private static KafkaClients clients(String bootstrapServers) {
        Properties kafka = new Properties();
        kafka.setProperty("bootstrap.servers", bootstrapServers);
        return new KafkaClients(kafka);
    }
}
