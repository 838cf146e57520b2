package io.babble.job.source;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connector's enumerator, which refuses the state of a topic of another name, and warns when another topic has the
 * name of that which was read.
 */
final class TopicEnumerator implements SplitEnumerator<KafkaPartitionSplit, TopicState> {
    private static final Logger LOG = LoggerFactory.getLogger(TopicEnumerator.class);
    /** As often as the connector looks for new partitions. */
    private static final Duration INTERVAL = Duration.ofMinutes(5);

    private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> partitions;
    private final SplitEnumeratorContext<KafkaPartitionSplit> context;
    private final InputTopic topic;
    private final TopicState restored;
    private Uuid id;
    private Admin admin;

    TopicEnumerator(
            SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> partitions,
            SplitEnumeratorContext<KafkaPartitionSplit> context,
            InputTopic topic,
            TopicState restored) {
        this.partitions = partitions;
        this.context = context;
        this.topic = topic;
        this.restored = restored;
        id = restored.id();
    }

    /** @throws SuppressRestartsException if the state is of another topic; Flink only logs what restoring it throws */
    @Override
    public void start() {
        Optional<String> other =
                restored.topics().filter(name -> !name.equals(topic.name())).findFirst();
        if (other.isPresent()) {
            throw new SuppressRestartsException(new IllegalStateException("The savepoint has read the topic "
                    + other.get() + ", but " + topic.option() + " is " + topic.name() + ". Set it to " + other.get()
                    + ", or start from a savepoint that has the model and the streams of this one and no positions:"
                    + " `babble import --from SAVEPOINT --to DIR` writes it, and " + topic.name()
                    + " is then read from its beginning"));
        }
        admin = Admin.create(topic.kafka());
        // Before the connector asks, whose failure would restart the job.
        context.callAsync(this::askForId, this::compare, 0, INTERVAL.toMillis());
        partitions.start();
    }

    private Uuid askForId() throws Exception {
        return TopicLookup.of(admin, topic.name(), AclOperation.READ).topicId();
    }

    private void compare(Uuid found, Throwable failure) {
        if (failure instanceof SuppressRestartsException refusal) {
            throw refusal;
        }
        if (failure != null) {
            LOG.warn("Whether {} is still the topic that was read is not known: {}", topic.name(), failure.toString());
            return;
        }
        if (id != null && !id.equals(found)) {
            LOG.warn(
                    "The topic {} was created again, or belongs to another cluster: its id was {} and is {}. Reading"
                            + " resumes at the offsets of the old one. To read the new one from its beginning, stop the"
                            + " job with a savepoint and start it from what `babble import --from SAVEPOINT --to DIR`"
                            + " writes.",
                    topic.name(),
                    id,
                    found);
        }
        id = found;
    }

    @Override
    public TopicState snapshotState(long checkpointId) throws Exception {
        return new TopicState(partitions.snapshotState(checkpointId), id);
    }

    @Override
    public void handleSplitRequest(int subtask, String hostname) {
        partitions.handleSplitRequest(subtask, hostname);
    }

    @Override
    public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
        partitions.addSplitsBack(splits, subtask);
    }

    @Override
    public void addReader(int subtask) {
        partitions.addReader(subtask);
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        partitions.handleSourceEvent(subtask, event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        partitions.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        partitions.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void close() throws IOException {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
        partitions.close();
    }
}
