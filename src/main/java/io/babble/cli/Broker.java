package io.babble.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where Kafka is, and clients of it that give up after about {@value #PATIENCE_MILLIS} ms instead of trying for minutes. */
final class Broker {
    private static final int PATIENCE_MILLIS = 10_000;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9092",
            description = "Kafka brokers (${DEFAULT-VALUE}).")
    private String bootstrapServers;

    @Mixin
    private Settings settings;

    /** Where these settings of Kafka's clients say, instead of where the command line says. */
    static Broker of(Properties kafka) {
        Broker broker = new Broker();
        broker.bootstrapServers = kafka.getProperty("bootstrap.servers");
        broker.settings = new Settings();
        kafka.stringPropertyNames()
                .forEach(name -> broker.settings.set(Map.of(Settings.KAFKA + name, kafka.getProperty(name))));
        return broker;
    }

    /**
     * The topic's partitions.
     *
     * @throws CommandFailed when no broker answers, or the topic does not exist
     */
    List<TopicPartition> partitions(String topic) {
        try (Admin admin = admin()) {
            TopicDescription description =
                    admin.describeTopics(Set.of(topic)).allTopicNames().get().get(topic);
            return description.partitions().stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
        } catch (ExecutionException e) {
            throw failed(topic, e.getCause());
        } catch (KafkaException e) {
            throw failed(topic, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("Interrupted while asking for topic " + topic, e);
        }
    }

    Admin admin() {
        return Admin.create(clients());
    }

    Producer<byte[], byte[]> producer() {
        return new KafkaProducer<>(clients(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Reads what is committed, from where it is told to, and belongs to no group. */
    Consumer<byte[], byte[]> consumer() {
        Map<String, Object> clients = clients();
        clients.putIfAbsent("isolation.level", "read_committed");
        return new KafkaConsumer<>(clients, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** What went wrong with a topic, in words. */
    CommandFailed failed(String topic, Throwable cause) {
        if (cause instanceof UnknownTopicOrPartitionException) {
            return new CommandFailed(
                    "Topic " + topic + " does not exist at " + bootstrapServers
                            + ": create it, or name another one (--help tells how)",
                    cause);
        }
        if (cause instanceof TimeoutException) {
            return new CommandFailed(
                    "No Kafka broker answers at " + bootstrapServers
                            + ": start one (babble demo has one), or name another one with --bootstrap-servers",
                    cause);
        }
        return new CommandFailed("Kafka at " + bootstrapServers + " refuses: " + cause.getMessage(), cause);
    }

    private Map<String, Object> clients() {
        Map<String, Object> clients = new HashMap<>(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "request.timeout.ms",
                PATIENCE_MILLIS / 2,
                "default.api.timeout.ms",
                PATIENCE_MILLIS,
                "enable.metrics.push",
                false));
        clients.putAll(settings.kafkaOnly());
        return clients;
    }
}
