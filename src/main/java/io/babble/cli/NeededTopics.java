package io.babble.cli;

import io.babble.embedded.TopicCreation;
import io.babble.records.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;

/** The topics that a job needs, on somebody else's Kafka. */
final class NeededTopics {
    /** Above Kafka's default, so that a text that is too long arrives and becomes a dead letter. */
    private static final int MAX_TEXT_RECORD = 2 << 20;

    private NeededTopics() {}

    /**
     * Returns when all topics are there, those that are created ready to be written and read.
     *
     * @param create those that are missing, with the broker's numbers of partitions and replicas
     * @throws CommandFailed when topics are missing, or no broker answers
     */
    static void ensure(Broker broker, Topics topics, boolean create) {
        try (Admin admin = broker.admin()) {
            Set<String> there = admin.listTopics().names().get();
            List<String> missing = new ArrayList<>(topics.all());
            missing.removeAll(there);
            if (create) {
                List<NewTopic> all =
                        missing.stream().map(name -> newTopic(name, topics)).toList();
                TopicCreation.create(admin, all);
            } else if (!missing.isEmpty()) {
                throw new CommandFailed(
                        "No topic " + String.join(", ", missing)
                                + ": create what is missing with --create-topics, or as you like it with kafka-topics.sh --create");
            }
        } catch (ExecutionException e) {
            throw broker.failed(topics.text(), e.getCause());
        } catch (KafkaException e) {
            throw broker.failed(topics.text(), e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("Interrupted while looking for the topics", e);
        }
    }

    /** What is read as one row, samples and reports, has one partition; the other topics have as many as the broker likes. */
    private static NewTopic newTopic(String name, Topics topics) {
        boolean inOrder = List.of(topics.samples(), topics.reports()).contains(name);
        NewTopic topic = new NewTopic(name, inOrder ? Optional.of(1) : Optional.empty(), Optional.empty());
        return name.equals(topics.text())
                ? topic.configs(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_TEXT_RECORD)))
                : topic;
    }
}
