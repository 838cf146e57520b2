package io.babble;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.records.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.awaitility.Awaitility;

/** The topics of a job on a broker that a test runs on. */
public final class CreatedTopics {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

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
            assertThat(admin.createTopics(all).all().toCompletionStage()).succeedsWithin(PATIENCE);
            awaitLeaders(admin, all);
        }
        return topics;
    }

    /**
     * A partition that the broker does not lead yet may refuse a producer's first batch and take its second; from then on it takes
     * the first no more.
     */
    private static void awaitLeaders(Admin admin, List<NewTopic> topics) {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        for (NewTopic topic : topics) {
            for (int partition = 0; partition < topic.numPartitions(); partition++) {
                all.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            }
        }
        Awaitility.await("leaders")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> admin.listOffsets(all).all().get() != null);
    }
}
