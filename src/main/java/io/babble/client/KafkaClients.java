package io.babble.client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Creates clients of one Kafka cluster, with timeouts of about {@value #TIMEOUT_MILLIS} ms instead of Kafka's minutes.
 */
public final class KafkaClients {
    private static final int TIMEOUT_MILLIS = 10_000;
    /** Where users set what clients are created with. */
    private static final String SETTINGS = "babble.kafka-config or babble.kafka.*";

    private final Map<String, Object> settings;

    /**
     * @param overrides settings of Kafka's clients, including {@code bootstrap.servers}; they override the defaults
     *     here
     */
    public KafkaClients(Properties overrides) {
        settings = new HashMap<>(Map.of(
                CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
                TIMEOUT_MILLIS / 2,
                CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
                TIMEOUT_MILLIS,
                CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG,
                false));
        overrides.stringPropertyNames().forEach(name -> settings.put(name, overrides.getProperty(name)));
    }

    public Admin admin() {
        return Admin.create(settings);
    }

    public Producer<byte[], byte[]> producer() {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A consumer without a group, which reads committed records; the caller assigns partitions and positions. */
    public Consumer<byte[], byte[]> consumer() {
        Map<String, Object> consumer = new HashMap<>(settings);
        consumer.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return new KafkaConsumer<>(consumer, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * The partitions of a topic.
     *
     * @throws TopicException when no broker answers, or the topic does not exist
     */
    public List<TopicPartition> partitions(String topic) {
        return withAdmin(topic, admin -> {
            TopicDescription description =
                    admin.describeTopics(Set.of(topic)).allTopicNames().get().get(topic);
            return description.partitions().stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
        });
    }

    /**
     * Sends one record and waits for the broker's acknowledgement.
     *
     * @throws TopicException when the record could not be sent
     */
    public void send(ProducerRecord<byte[], byte[]> record) {
        try (Producer<byte[], byte[]> producer = producer()) {
            producer.send(record).get();
        } catch (ExecutionException e) {
            throw failure(record.topic(), e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(record.topic(), e);
        }
    }

    /** A request to the cluster. */
    interface AdminCall<T> {
        T run(Admin admin) throws ExecutionException, InterruptedException;
    }

    /**
     * Runs a request about a topic.
     *
     * @throws TopicException when no broker answers, or the request fails
     */
    <T> T withAdmin(String topic, AdminCall<T> call) {
        try (Admin admin = admin()) {
            return call.run(admin);
        } catch (ExecutionException e) {
            throw failure(topic, e.getCause());
        } catch (KafkaException e) {
            throw invalidSettings(e);
        } catch (InterruptedException e) {
            throw interrupted(topic, e);
        }
    }

    /** An exception with a message for the user. */
    TopicException failure(String topic, Throwable cause) {
        Object servers = settings.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        if (cause instanceof UnknownTopicOrPartitionException) {
            return new TopicException(
                    "Topic " + topic + " does not exist at " + servers
                            + ": create it, or choose another topic (see --help)",
                    cause);
        }
        if (cause instanceof TimeoutException) {
            return new TopicException(
                    "No Kafka broker answers at " + servers
                            + ": start one (babble demo includes one), or choose another one with --bootstrap-servers;"
                            + " one with TLS or SASL needs security.protocol (" + SETTINGS + ")",
                    cause);
        }
        if (cause instanceof SslAuthenticationException) {
            return new TopicException(
                    "No TLS connection to Kafka at " + servers + " (" + messages(cause)
                            + "): check security.protocol and ssl.* (" + SETTINGS + ")",
                    cause);
        }
        if (cause instanceof AuthenticationException) {
            return new TopicException(
                    "Kafka at " + servers + " refused the login (" + cause.getMessage()
                            + "): check sasl.mechanism and sasl.jaas.config (" + SETTINGS + ")",
                    cause);
        }
        return new TopicException("Kafka at " + servers + " refused the request: " + cause.getMessage(), cause);
    }

    /** For an exception of creating a client. */
    private static TopicException invalidSettings(KafkaException e) {
        return new TopicException("Kafka's clients refuse their settings (" + SETTINGS + "): " + messages(e), e);
    }

    /** The messages of an error and its causes, each without what the one before says already. */
    private static String messages(Throwable error) {
        StringBuilder messages = new StringBuilder(String.valueOf(error.getMessage()));
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && messages.indexOf(cause.getMessage()) < 0) {
                messages.append(": ").append(cause.getMessage());
            }
        }
        return messages.toString();
    }

    private static TopicException interrupted(String topic, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new TopicException("Interrupted while waiting for topic " + topic, e);
    }
}
