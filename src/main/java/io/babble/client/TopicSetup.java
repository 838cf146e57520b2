package io.babble.client;

import io.babble.records.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the topics of a job, and creates them. */
public final class TopicSetup {
    /** Above Kafka's default, so that the job receives records that are too long and makes them dead letters. */
    private static final int MAX_MESSAGE_BYTES = 2 << 20;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);

    private TopicSetup() {}

    /**
     * Checks that all topics exist.
     *
     * @throws TopicException when topics are missing, or no broker answers
     */
    public static void check(KafkaClients clients, Topics topics) {
        Set<String> existing = clients.withAdmin(
                topics.text(), admin -> admin.listTopics().names().get());
        List<String> missing = new ArrayList<>(topics.all());
        missing.removeAll(existing);
        if (!missing.isEmpty()) {
            throw new TopicException(
                    "Missing topics: " + String.join(", ", missing) + ": create them with babble topics --create",
                    null);
        }
    }

    /**
     * Warns when the broker refuses records of text before the job could make them dead letters, as far as it may read
     * the topic's settings.
     *
     * @param maxBytes longest text of a record for the job
     */
    public static void warnIfShorter(KafkaClients clients, String textTopic, int maxBytes) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, textTopic);
        try {
            Config config = clients.withAdmin(
                    textTopic,
                    admin -> admin.describeConfigs(Set.of(resource)).all().get().get(resource));
            String taken = config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value();
            if (Integer.parseInt(taken) < maxBytes) {
                LOG.warn(
                        "Topic {} takes batches of records of up to {} bytes (max.message.bytes), and the job texts of up to"
                                + " {} (babble.text.max-bytes): publishers of longer ones get an error",
                        textTopic,
                        taken,
                        maxBytes);
            }
        } catch (TopicException e) {
            LOG.info("The settings of topic {} are not known", textTopic, e);
        }
    }

    /**
     * The topics that exist, with their numbers of partitions.
     *
     * @throws TopicException when no broker answers
     */
    public static Map<String, Integer> partitions(KafkaClients clients, Topics topics) {
        return clients.withAdmin(topics.text(), admin -> {
            Set<String> existing = new HashSet<>(admin.listTopics().names().get());
            existing.retainAll(topics.all());
            return admin.describeTopics(existing).allTopicNames().get().values().stream()
                    .collect(Collectors.toMap(
                            TopicDescription::name, topic -> topic.partitions().size()));
        });
    }

    /** As {@link #create(KafkaClients, Topics, Optional, Map)}, with the broker's defaults. */
    public static void create(KafkaClients clients, Topics topics) {
        create(clients, topics, Optional.empty(), Map.of());
    }

    /**
     * Creates the topics that do not exist. All of them are ready for reading and writing when this returns. Samples
     * and reports have one partition, so that a reader sees them in order.
     *
     * @param partitions of the text and prompts topics; empty for the broker's default
     * @param textConfig additional settings of the text topic
     * @throws TopicException when Kafka refuses the request, or no broker answers
     */
    public static void create(
            KafkaClients clients, Topics topics, Optional<Integer> partitions, Map<String, String> textConfig) {
        Map<String, String> config = new HashMap<>(textConfig);
        config.putIfAbsent(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_MESSAGE_BYTES));
        create(
                clients,
                List.of(
                        new NewTopic(topics.text(), partitions, Optional.empty()).configs(config),
                        new NewTopic(topics.prompts(), partitions, Optional.empty()),
                        new NewTopic(topics.samples(), Optional.of(1), Optional.empty()),
                        new NewTopic(topics.reports(), Optional.of(1), Optional.empty()),
                        new NewTopic(topics.deadLetters(), Optional.empty(), Optional.empty())));
    }

    /** Creates the topics that do not exist. All of them are ready for reading and writing when this returns. */
    public static void create(KafkaClients clients, List<NewTopic> topics) {
        clients.withAdmin(topics.get(0).name(), admin -> {
            // Brokers check the right to create a topic before they look whether it exists.
            Set<String> existing = admin.listTopics().names().get();
            List<NewTopic> missing = topics.stream()
                    .filter(topic -> !existing.contains(topic.name()))
                    .toList();
            for (KafkaFuture<Void> created :
                    admin.createTopics(missing).values().values()) {
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
     * Kafka acknowledges a new topic as soon as the controller has recorded it. For some milliseconds a broker may
     * still not know the topic, or reject a producer's first batch and accept its second. Once it lists the partitions'
     * offsets it is ready.
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
