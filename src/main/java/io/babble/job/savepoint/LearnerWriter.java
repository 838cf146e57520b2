package io.babble.job.savepoint;

import io.babble.job.internals.ModelSnapshot;
import io.babble.job.internals.ModelSnapshot.Role;
import io.babble.job.internals.Snapshots;
import io.babble.job.learn.LearnOperator;
import io.babble.job.learn.LearnerState;
import io.babble.job.state.Ledger;
import io.babble.text.Stream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.state.api.output.TaggedOperatorSubtaskState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Writes the learner's state of a new savepoint: as {@link LearnOperator} does, but read from files. */
final class LearnerWriter extends AbstractStreamOperator<TaggedOperatorSubtaskState>
        implements OneInputStreamOperator<String, TaggedOperatorSubtaskState>, BoundedOneInput {
    private final String model;
    private final String positions;
    private final long timestamp;
    private final org.apache.flink.core.fs.Path savepoint;
    private transient SavedLearning learning;
    private transient Ledger ledger;

    /**
     * @param model file or savepoint of the model
     * @param positions savepoint of the streams; null for none
     * @param timestamp of the new savepoint, ms since 1970
     * @param savepoint the new one
     */
    LearnerWriter(String model, String positions, long timestamp, org.apache.flink.core.fs.Path savepoint) {
        this.model = model;
        this.positions = positions;
        this.timestamp = timestamp;
        this.savepoint = savepoint;
    }

    @Override
    public void processElement(StreamRecord<String> element) throws Exception {
        learning = SavedLearning.in(Path.of(model));
        ledger = learning.ledger();
        if (positions != null) {
            Savepoint other = Savepoint.in(Path.of(positions));
            ledger = ledger.readingFrom(other.ledger(), learning.model().symbols(), copyStreams(other));
        }
    }

    /** Returns the bytes that wait in them. */
    private long copyStreams(Savepoint from) throws Exception {
        ValueState<Stream> state =
                getPartitionedState(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, LearnOperator.STREAMS);
        long[] pending = {0};
        from.streams((name, stream) -> {
            setCurrentKey(name);
            try {
                state.update(stream);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            pending[0] += stream.pendingBytes();
        });
        return pending[0];
    }

    @Override
    public void endInput() throws Exception {
        output.collect(new StreamRecord<>(Snapshots.ofNewSavepoint(this, timestamp, savepoint)));
    }

    @Override
    public OperatorSnapshotFutures snapshotState(
            long checkpointId, long timestamp, CheckpointOptions options, CheckpointStreamFactory factory)
            throws Exception {
        return new ModelSnapshot(
                        Map.of(Role.CURRENT, learning.model()), OperatorStateHandle.Mode.SPLIT_DISTRIBUTE, factory)
                .addTo(
                        super.snapshotState(checkpointId, timestamp, options, factory),
                        getContainingTask().getCancelables());
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        getOperatorStateBackend().getListState(LearnerState.LEDGER).update(List.of(ledger));
        if (learning.replay().isPresent()) {
            getOperatorStateBackend()
                    .getListState(LearnerState.REPLAY)
                    .update(List.of(learning.replay().get()));
        }
    }
}
