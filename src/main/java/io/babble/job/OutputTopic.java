package io.babble.job;

import io.babble.job.source.TopicLookup;
import java.io.Serializable;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A topic that the job writes to. Each task has a copy, which asks the broker once. */
final class OutputTopic implements Serializable {
    private static final Logger LOG = LoggerFactory.getLogger(OutputTopic.class);

    /** Kafka's default of {@code max.request.size}; that of {@code max.message.bytes} is 12 more. */
    private static final int DEFAULT = 1 << 20;

    private final String name;
    private final Properties kafka;
    private transient Integer maxRecordBytes; // null before the broker is asked

    /** @param kafka settings of Kafka's clients */
    OutputTopic(String name, Properties kafka) {
        this.name = name;
        this.kafka = kafka;
    }

    String name() {
        return name;
    }

    /**
     * The longest record that the topic takes, bytes with headers and framing: its {@code max.message.bytes}, or the
     * producer's {@code max.request.size} where that is less. Without the right to read the topic's settings it is
     * Kafka's default.
     *
     * @throws SuppressRestartsException if the topic does not exist, or the job must not write to it
     */
    int maxRecordBytes() throws Exception {
        if (maxRecordBytes == null) {
            maxRecordBytes = askForMaxRecordBytes();
        }
        return maxRecordBytes;
    }

    private int askForMaxRecordBytes() throws Exception {
        int request =
                Integer.parseInt(kafka.getProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(DEFAULT))
                        .trim());
        try (Admin admin = Admin.create(kafka)) {
            TopicLookup.of(admin, name, AclOperation.WRITE);
            return Math.min(request, maxMessageBytes(admin));
        }
    }

    private int maxMessageBytes(Admin admin) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        try {
            Config config = admin.describeConfigs(Set.of(resource)).all().get().get(resource);
            return Integer.parseInt(
                    config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                LOG.warn(
                        "No right to read the settings of topic {} (DescribeConfigs). Records of up to {} bytes are sent"
                                + " to it; if its {} is less, the job will fail.",
                        name,
                        DEFAULT,
                        TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
                return DEFAULT;
            }
            throw e;
        }
    }
}
