package io.babble;

import io.babble.embedded.TopicCreation;
import io.babble.records.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
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
        NewTopic text = new NewTopic(topics.text(), partitions, (short) 1)
                .configs(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "4000000"));
        List<NewTopic> all = List.of(
                text,
                new NewTopic(topics.prompts(), partitions, (short) 1),
                new NewTopic(topics.samples(), 1, (short) 1),
                new NewTopic(topics.reports(), 1, (short) 1),
                new NewTopic(topics.deadLetters(), 1, (short) 1));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            TopicCreation.create(admin, all);
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
        return topics;
    }
}
