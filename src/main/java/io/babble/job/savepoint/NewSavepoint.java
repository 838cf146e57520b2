package io.babble.job.savepoint;

import io.babble.job.learn.LearnOperator;
import io.babble.job.write.WriteOperator;
import io.babble.model.Model;
import io.babble.model.ModelMismatchException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.OperatorTransformation;
import org.apache.flink.state.api.SavepointWriter;
import org.apache.flink.state.api.StateBootstrapTransformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;

/** Makes a savepoint from a model or from other savepoints, for a job to start with. It can be moved. */
public final class NewSavepoint {
    /** Of every job, so that it can start from the savepoint. */
    public static final int MAX_PARALLELISM = 128;

    private static final OperatorIdentifier LEARNER = OperatorIdentifier.forUid(LearnOperator.UID);
    private static final OperatorIdentifier WRITER = OperatorIdentifier.forUid(WriteOperator.UID);
    private static final String LOOPBACK = "127.0.0.1";

    private NewSavepoint() {}

    /**
     * Writes a savepoint that holds only a model: no offsets, streams or prompts.
     *
     * @param model file with the model and nothing else
     * @param folder of the savepoint; it is created
     * @throws SavepointException if it cannot be written, or the file is not a model
     */
    public static void ofModel(Path model, Path folder) throws SavepointException {
        write(folder, env -> SavepointWriter.newSavepoint(env, new HashMapStateBackend(), MAX_PARALLELISM)
                .withOperator(LEARNER, learner(env, model, null)));
    }

    /**
     * Writes a savepoint with the model, the streams and the texts in progress of another one, and without offsets.
     *
     * @param folder of the savepoint; it is created
     * @throws SavepointException if it cannot be written, or {@code savepoint} is not one
     */
    public static void withoutPositions(Path savepoint, Path folder) throws SavepointException {
        Set<OperatorIdentifier> kept = Set.of(LEARNER, WRITER);
        var others = Savepoint.in(savepoint).operators().stream()
                .filter(operator -> !kept.contains(operator))
                .toList();
        write(folder, env -> {
            SavepointWriter writer = existing(env, savepoint);
            others.forEach(writer::removeOperator);
            return writer;
        });
    }

    /**
     * Writes a savepoint with the model and the replay buffer of {@code model}, and everything else of
     * {@code positions}: a job that starts from it has not learned what was learned in between, and will not read it
     * again.
     *
     * @param model file with the model and nothing else, or a savepoint
     * @param positions a savepoint
     * @param folder of the new savepoint; it is created
     * @throws SavepointException if it cannot be written, {@code positions} is not a savepoint, or the model has
     *     another shape than that of {@code positions}
     */
    public static void joined(Path model, Path positions, Path folder) throws SavepointException {
        Model other = Savepoint.in(positions).model();
        write(folder, env -> {
            Model joined = SavedLearning.in(model).model();
            ModelMismatchException.refuseOther(other.shape(), other.alphabet().name(), joined);
            refuseOtherCharacters(joined, other);
            return existing(env, positions)
                    .removeOperator(LEARNER)
                    .withOperator(LEARNER, learner(env, model, positions));
        });
    }

    /** Text that waits in streams is made of the numbers that the alphabet has given to its characters. */
    private static void refuseOtherCharacters(Model model, Model ofStreams) throws SavepointException {
        if (!Arrays.equals(model.alphabet().characters(), ofStreams.alphabet().characters())) {
            throw new SavepointException("The model's alphabet has other characters beyond Latin-1 than that of the"
                    + " streams, whose text would be read with it: choose savepoints between which none was added");
        }
    }

    private interface Writing {
        SavepointWriter in(StreamExecutionEnvironment env) throws IOException;
    }

    private static void write(Path folder, Writing writing) throws SavepointException {
        try (StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, onLoopback())) {
            env.setRuntimeMode(RuntimeExecutionMode.BATCH);
            writing.in(env).write(Savepoint.flinkPath(folder));
            env.execute("import");
        } catch (Exception e) {
            throw SavepointException.unwritable(folder, e);
        }
    }

    private static SavepointWriter existing(StreamExecutionEnvironment env, Path savepoint) throws IOException {
        return SavepointWriter.fromExistingSavepoint(env, Savepoint.flinkPath(savepoint), new HashMapStateBackend());
    }

    /** The learner's state is too large for a record, so that the operator reads it from the files itself. */
    private static StateBootstrapTransformation<String> learner(
            StreamExecutionEnvironment env, Path model, Path positions) {
        String modelName = model.toAbsolutePath().toString();
        String positionsName =
                positions == null ? null : positions.toAbsolutePath().toString();
        return OperatorTransformation.bootstrapWith(env.fromData(modelName))
                .keyBy(name -> name, Types.STRING)
                .transform((timestamp, savepoint) ->
                        SimpleOperatorFactory.of(new LearnerWriter(modelName, positionsName, timestamp, savepoint)));
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
}
