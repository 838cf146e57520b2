package io.babble.job.source;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.time.Deadline;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Looks a topic up when a task starts. Kafka's clients wait for a topic that was deleted, and are refused a right that
 * was taken away, at each restart of the job again.
 */
public final class TopicLookup {
    /** A broker that has just started may not know its topics yet. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration INTERVAL = Duration.ofMillis(200);

    private TopicLookup() {}

    /**
     * What the broker says of a topic.
     *
     * @param right that the job needs on it
     * @throws SuppressRestartsException if the topic does not exist, or the right is missing
     */
    public static TopicDescription of(Admin admin, String topic, AclOperation right) throws Exception {
        Deadline deadline = Deadline.fromNow(PATIENCE);
        while (true) {
            try {
                return requireRight(describe(admin, topic), right);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof TopicAuthorizationException) {
                    throw refusal(topic, AclOperation.DESCRIBE);
                }
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
                if (deadline.isOverdue()) {
                    throw end("Topic " + topic + " does not exist (any more): create it, and start the job from its"
                            + " last checkpoint");
                }
            }
            TimeUnit.MILLISECONDS.sleep(INTERVAL.toMillis());
        }
    }

    private static TopicDescription describe(Admin admin, String topic) throws Exception {
        return admin.describeTopics(Set.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .allTopicNames()
                .get()
                .get(topic);
    }

    private static TopicDescription requireRight(TopicDescription topic, AclOperation right) {
        Set<AclOperation> granted = topic.authorizedOperations();
        if (granted != null && !granted.contains(right)) {
            throw refusal(topic.name(), right);
        }
        return topic;
    }

    private static SuppressRestartsException refusal(String topic, AclOperation right) {
        return end("The job has no right to " + right + " topic " + topic
                + ": grant it, and start the job from its last checkpoint");
    }

    private static SuppressRestartsException end(String message) {
        return new SuppressRestartsException(new IllegalStateException(message));
    }
}
