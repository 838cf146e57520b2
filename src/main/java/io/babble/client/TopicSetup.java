package io.babble.client;

import io.babble.records.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics that a job needs: which of them a Kafka lacks, and how to create them. */
public final class TopicSetup {
    /** Above Kafka's default, so that a record that is too long arrives and becomes a dead letter. */
    private static final int MAX_TEXT_RECORD = 2 << 20;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private TopicSetup() {}

    /**
     * Returns when all topics exist.
     *
     * @throws TopicException when some are missing, or no broker answers
     */
    public static void check(KafkaClients clients, Topics topics) {
        Set<String> existing = clients.withAdmin(
                topics.text(), admin -> admin.listTopics().names().get());
        List<String> missing = new ArrayList<>(topics.all());
        missing.removeAll(existing);
        if (!missing.isEmpty()) {
            throw new TopicException(
                    "No topic " + String.join(", ", missing)
                            + ": create what is missing with --create-topics, or as you like it with kafka-topics.sh"
                            + " --create",
                    null);
        }
    }

    /** As {@link #create(KafkaClients, Topics, Optional, Map)}, as the broker's defaults say. */
    public static void create(KafkaClients clients, Topics topics) {
        create(clients, topics, Optional.empty(), Map.of());
    }

    /**
     * Creates those topics that do not exist yet; all can be written and read when this returns. Samples and reports have one
     * partition, so that a reader sees them in order.
     *
     * @param partitions of texts and prompts; empty for the broker's default
     * @param textConfig more settings of the texts' topic
     * @throws TopicException when Kafka refuses, or no broker answers
     */
    public static void create(
            KafkaClients clients, Topics topics, Optional<Integer> partitions, Map<String, String> textConfig) {
        Map<String, String> config = new HashMap<>(textConfig);
        config.putIfAbsent(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_TEXT_RECORD));
        create(
                clients,
                List.of(
                        new NewTopic(topics.text(), partitions, Optional.empty()).configs(config),
                        new NewTopic(topics.prompts(), partitions, Optional.empty()),
                        new NewTopic(topics.samples(), Optional.of(1), Optional.empty()),
                        new NewTopic(topics.reports(), Optional.of(1), Optional.empty()),
                        new NewTopic(topics.deadLetters(), Optional.empty(), Optional.empty())));
    }

    /** Creates those topics that do not exist yet; all can be written and read when this returns. */
    public static void create(KafkaClients clients, List<NewTopic> topics) {
        clients.withAdmin(topics.get(0).name(), admin -> {
            for (KafkaFuture<Void> created : admin.createTopics(topics).values().values()) {
                try {
                    created.get();
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
            awaitLeaders(admin, topics.stream().map(NewTopic::name).collect(Collectors.toSet()));
            return null;
        });
    }

    /**
     * Kafka answers a creation when the controller has decided it. For some milliseconds more a broker may not know the topic, or
     * refuse a producer's first batch and take its second; once it lists the partitions' offsets it does neither.
     */
    private static void awaitLeaders(Admin admin, Set<String> topics) throws ExecutionException, InterruptedException {
        long began = System.nanoTime();
        while (true) {
            try {
                Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
                for (TopicDescription topic :
                        admin.describeTopics(topics).allTopicNames().get().values()) {
                    topic.partitions()
                            .forEach(partition -> ends.put(
                                    new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest()));
                }
                admin.listOffsets(ends).all().get();
                return;
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RetriableException) || System.nanoTime() - began > TIMEOUT.toNanos()) {
                    throw e;
                }
            }
            TimeUnit.NANOSECONDS.sleep(POLL_INTERVAL.toNanos());
        }
    }
}
