package io.babble.job;

import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the broker for the longest record that a topic takes, bytes: its {@code max.message.bytes}, or the producer's
 * {@code max.request.size} where that is less. Without the right to read the topic's settings it is Kafka's default.
 */
final class RecordLimit {
    private static final Logger LOG = LoggerFactory.getLogger(RecordLimit.class);

    /** Kafka's default of {@code max.request.size}; that of {@code max.message.bytes} is 12 more. */
    private static final int DEFAULT = 1 << 20;

    private RecordLimit() {}

    /**
     * The limit of a topic, to be asked when the job starts.
     *
     * @param kafka settings of Kafka's clients
     * @throws SuppressRestartsException if the topic does not exist
     */
    static int of(String topic, Properties kafka) throws Exception {
        int request =
                Integer.parseInt(kafka.getProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(DEFAULT)));
        return Math.min(request, ofTopic(topic, kafka));
    }

    private static int ofTopic(String topic, Properties kafka) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = Admin.create(kafka)) {
            Config config = admin.describeConfigs(Set.of(resource)).all().get().get(resource);
            return Integer.parseInt(
                    config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new SuppressRestartsException(new IllegalStateException("Topic " + topic + " does not exist", e));
            }
            if (e.getCause() instanceof AuthorizationException) {
                LOG.warn(
                        "No right to read the settings of topic {} (DescribeConfigs). Records of up to {} bytes are sent"
                                + " to it; if its {} is less, the job will fail.",
                        topic,
                        DEFAULT,
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
                return DEFAULT;
            }
            throw e;
        }
    }
}
