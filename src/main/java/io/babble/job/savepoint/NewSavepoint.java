package io.babble.job.savepoint;

import io.babble.job.internals.ModelSnapshot;
import io.babble.job.internals.ModelSnapshot.Role;
import io.babble.job.internals.Snapshots;
import io.babble.job.learn.LearnOperator;
import io.babble.job.learn.LearnerState;
import io.babble.job.state.Ledger;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.OperatorTransformation;
import org.apache.flink.state.api.SavepointWriter;
import org.apache.flink.state.api.output.TaggedOperatorSubtaskState;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Makes a savepoint from a model, for a job to start with. */
public final class NewSavepoint {
    /** Flink's default for an operator of parallelism 1. */
    private static final int MAX_PARALLELISM = 128;

    private static final String LOOPBACK = "127.0.0.1";

    private NewSavepoint() {}

    /**
     * Writes a savepoint that holds only a model: no offsets, streams or prompts.
     *
     * @param model file with the model and nothing else
     * @param folder of the savepoint; it is created, and can be moved
     * @throws SavepointException if it cannot be written, or the file is not a model
     */
    public static void write(Path model, Path folder) throws SavepointException {
        try (StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, onLoopback())) {
            env.setRuntimeMode(RuntimeExecutionMode.BATCH);
            var learner = OperatorTransformation.bootstrapWith(
                            env.fromData(model.toAbsolutePath().toString()))
                    .transform((timestamp, savepoint) -> SimpleOperatorFactory.of(new Learner(timestamp, savepoint)));
            SavepointWriter.newSavepoint(env, new HashMapStateBackend(), MAX_PARALLELISM)
                    .withOperator(OperatorIdentifier.forUid(LearnOperator.UID), learner)
                    .write(folder.toUri().toString());
            env.execute("import");
        } catch (Exception e) {
            throw SavepointException.unwritable(folder, e);
        }
    }

    /**
     * The Flink that writes the savepoint listens for some seconds: to this machine only, and not to jobs of others.
     */
    private static Configuration onLoopback() {
        return new Configuration()
                .set(RestOptions.ADDRESS, LOOPBACK)
                .set(RestOptions.BIND_ADDRESS, LOOPBACK)
                .set(JobManagerOptions.BIND_HOST, LOOPBACK)
                .set(TaskManagerOptions.BIND_HOST, LOOPBACK)
                .set(WebOptions.SUBMIT_ENABLE, false)
                .set(WebOptions.CANCEL_ENABLE, false);
    }

    /** Writes the learner's state. It gets the name of the model's file, since the model is too large for a record. */
    private static final class Learner extends AbstractStreamOperator<TaggedOperatorSubtaskState>
            implements OneInputStreamOperator<String, TaggedOperatorSubtaskState>, BoundedOneInput {
        private final long timestamp;
        private final org.apache.flink.core.fs.Path savepoint;
        private transient Model model;

        Learner(long timestamp, org.apache.flink.core.fs.Path savepoint) {
            this.timestamp = timestamp;
            this.savepoint = savepoint;
        }

        @Override
        public void processElement(StreamRecord<String> file) throws Exception {
            try (InputStream in = Files.newInputStream(Path.of(file.getValue()))) {
                model = ModelCodec.read(in);
            }
        }

        @Override
        public void endInput() throws Exception {
            output.collect(new StreamRecord<>(Snapshots.ofNewSavepoint(this, timestamp, savepoint)));
        }

        @Override
        public OperatorSnapshotFutures snapshotState(
                long checkpointId, long timestamp, CheckpointOptions options, CheckpointStreamFactory factory)
                throws Exception {
            return new ModelSnapshot(Map.of(Role.CURRENT, model), OperatorStateHandle.Mode.SPLIT_DISTRIBUTE, factory)
                    .addTo(
                            super.snapshotState(checkpointId, timestamp, options, factory),
                            getContainingTask().getCancelables());
        }

        @Override
        public void snapshotState(StateSnapshotContext context) throws Exception {
            super.snapshotState(context);
            getOperatorStateBackend().getListState(LearnerState.LEDGER).update(List.of(Ledger.of(model)));
        }
    }
}
