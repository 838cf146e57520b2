package io.babble.job.savepoint;

import io.babble.job.learn.LearnOperator;
import io.babble.job.learn.Ledger;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.OperatorTransformation;
import org.apache.flink.state.api.SavepointWriter;
import org.apache.flink.state.api.functions.StateBootstrapFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Makes a savepoint that a job begins from with a model it did not learn itself. */
public final class NewSavepoint {
    /** What Flink gives a learner, which is alone, where nobody says otherwise. */
    private static final int MAX_PARALLELISM = 128;

    private NewSavepoint() {}

    /**
     * Writes a savepoint with a model and nothing else: the job has read no text yet, and knows no stream and no prompt.
     *
     * @param model file with the model and nothing else
     * @param folder of the savepoint; it is made, and can be moved
     * @throws SavepointException if it cannot be written, or the file is no model
     */
    public static void write(Path model, Path folder) throws SavepointException {
        try (StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1)) {
            env.setRuntimeMode(RuntimeExecutionMode.BATCH);
            env.getConfig().setUseSnapshotCompression(true); // as in flink.yaml, for the same reason
            var learner = OperatorTransformation.bootstrapWith(
                            env.fromData(model.toAbsolutePath().toString()))
                    .transform(new Learner());
            SavepointWriter.newSavepoint(env, new HashMapStateBackend(), MAX_PARALLELISM)
                    .withOperator(OperatorIdentifier.forUid(LearnOperator.UID), learner)
                    .write(folder.toUri().toString());
            env.execute("import");
        } catch (Exception e) {
            throw SavepointException.unwritable(folder, e);
        }
    }

    /** The learner's state; reads the model where it is written, since it is too large to travel. */
    private static final class Learner extends StateBootstrapFunction<String> {
        private transient Model model;
        private transient FunctionInitializationContext context;

        @Override
        public void initializeState(FunctionInitializationContext context) {
            this.context = context;
        }

        @Override
        public void processElement(String file, Context ignored) throws Exception {
            try (InputStream in = Files.newInputStream(Path.of(file))) {
                model = ModelCodec.read(in);
            }
        }

        @Override
        public void snapshotState(FunctionSnapshotContext ignored) throws Exception {
            var store = context.getOperatorStateStore();
            store.getListState(LearnOperator.MODEL).update(List.of(model));
            store.getListState(LearnOperator.LEDGER).update(List.of(Ledger.of(model)));
        }
    }
}
