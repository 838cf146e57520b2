package io.babble.job;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.babble.job.learn.LearnOperator;
import io.babble.job.state.ModelSerializer;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.OperatorStateHandle;

/** The model that a savepoint holds. */
final class StoredModel {
    private StoredModel() {}

    static Model in(Path savepoint) throws IOException {
        CheckpointMetadata metadata;
        try (DataInputStream in = new DataInputStream(Files.newInputStream(savepoint.resolve("_metadata")))) {
            metadata = Checkpoints.loadCheckpointMetadata(
                    in, StoredModel.class.getClassLoader(), savepoint.toUri().toString());
        }
        for (OperatorState operator : metadata.getOperatorStates()) {
            for (OperatorSubtaskState subtask : operator.getStates()) {
                for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
                    var model = handle.getStateNameToPartitionOffsets().get(LearnOperator.MODEL.getName());
                    if (model != null) {
                        return read(handle, model.getOffsets()[0]);
                    }
                }
            }
        }
        throw new IOException("No model in " + savepoint);
    }

    /**
     * Gives the learner's model in a savepoint another alphabet.
     *
     * @param name as long as the real one, so that nothing moves
     */
    static void renameAlphabet(Path savepoint, String name) throws IOException {
        Model model = in(savepoint);
        Model other = new Model(
                model.shape(),
                name,
                model.version(),
                model.symbols(),
                model.bitsPerByteAverage(),
                model.random(),
                model.optimizer(),
                model.weights(),
                model.moments());
        String before = new String(ModelCodec.toBytes(model), ISO_8859_1);
        String after = new String(ModelCodec.toBytes(other), ISO_8859_1);
        try (Stream<Path> files = Files.list(savepoint)) {
            for (Path file : files.toList()) {
                Files.writeString(file, Files.readString(file, ISO_8859_1).replace(before, after), ISO_8859_1);
            }
        }
    }

    private static Model read(OperatorStateHandle handle, long offset) throws IOException {
        try (FSDataInputStream in = handle.openInputStream()) {
            in.seek(offset);
            return new ModelSerializer().deserialize(new DataInputViewStreamWrapper(in));
        }
    }
}
