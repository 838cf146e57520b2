package io.babble.job.savepoint;

import io.babble.job.internals.OperatorStates;
import io.babble.job.learn.LearnOperator;
import io.babble.job.learn.LearnerState;
import io.babble.job.source.PieceSource;
import io.babble.job.state.Answer;
import io.babble.job.state.Ledger;
import io.babble.job.write.WriteOperator;
import io.babble.job.write.WriterModel;
import io.babble.model.Model;
import io.babble.model.Replay;
import io.babble.text.Stream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.state.api.OperatorIdentifier;

/**
 * The contents of a savepoint or a retained checkpoint of the job. Reading starts no job and changes nothing. Every
 * call reads from the files, so that nothing is kept in memory.
 */
public final class Savepoint {
    private static final String METADATA = "_metadata";

    private final Path folder;
    private final Map<OperatorID, OperatorState> operators;

    private Savepoint(Path folder, Map<OperatorID, OperatorState> operators) {
        this.folder = folder;
        this.operators = operators;
    }

    /**
     * Opens a savepoint.
     *
     * @param folder that contains {@code _metadata}
     * @throws SavepointException if there is no savepoint, it cannot be read, or it is not of Babble's job
     */
    public static Savepoint in(Path folder) throws SavepointException {
        Path metadata = folder.resolve(METADATA);
        if (!Files.isRegularFile(metadata)) {
            throw new SavepointException(
                    Files.isDirectory(folder)
                            ? "There is no savepoint in " + folder + ": the folder of one has a file " + METADATA
                            : "There is no folder " + folder);
        }
        Savepoint savepoint = new Savepoint(folder, operators(folder, metadata));
        if (savepoint.operator(LearnOperator.UID).isEmpty()) {
            throw new SavepointException("The savepoint " + folder + " is not one of Babble: expected an operator with"
                    + " the uid " + LearnOperator.UID + ", found none");
        }
        return savepoint;
    }

    private static Map<OperatorID, OperatorState> operators(Path folder, Path metadata) throws SavepointException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(metadata))) {
            return Checkpoints.loadCheckpointMetadata(in, Savepoint.class.getClassLoader(), flinkPath(folder))
                    .getOperatorStates()
                    .stream()
                    .collect(Collectors.toMap(OperatorState::getOperatorID, Function.identity()));
        } catch (IOException | RuntimeException e) {
            throw SavepointException.unreadable(folder, e);
        }
    }

    /** As Flink names a local folder: a URI, but nothing in it is escaped. */
    static String flinkPath(Path folder) {
        return org.apache.flink.core.fs.Path.fromLocalFile(folder.toFile()).toString();
    }

    /** The learner's model, with everything that learning resumes from. */
    public Model model() throws SavepointException {
        return newest(read(learner()::models), read(() -> learner().list(LearnerState.MODEL_0_1)))
                .orElseThrow(() -> new SavepointException("The savepoint " + folder + " has no model"));
    }

    /** The learner's totals. */
    public Ledger ledger() throws SavepointException {
        return read(() -> learner().list(LearnerState.LEDGER)).stream()
                .findFirst()
                .orElseGet(Ledger::new);
    }

    /** The replay buffer; empty before the first checkpoint of a learner. */
    public Optional<Replay> replay() throws SavepointException {
        return read(() -> learner().list(LearnerState.REPLAY)).stream().findFirst();
    }

    /** All operators that have state. */
    Collection<OperatorIdentifier> operators() {
        return operators.keySet().stream()
                .map(id -> OperatorIdentifier.forUidHash(id.toHexString()))
                .toList();
    }

    /**
     * Calls {@code reader} with every stream and its name, in no particular order. The stream of a Kafka key is named
     * {@code key/KEY}, a shared one of a partition {@code shared/TOPIC/PARTITION/NUMBER}.
     */
    public void streams(BiConsumer<String, Stream> reader) throws SavepointException {
        readKeyed(LearnOperator.UID, LearnOperator.STREAMS, reader);
    }

    /** Calls {@code reader} with every text in progress and its prompt's id, in no particular order. */
    public void answers(BiConsumer<String, Answer> reader) throws SavepointException {
        readKeyed(WriteOperator.UID, WriteOperator.ANSWERS, reader);
    }

    /** The writer's weights, without moments; empty before the first ones reached it. */
    public Optional<Model> writersModel() throws SavepointException {
        Optional<OperatorStates> writer = operator(WriteOperator.UID);
        return writer.isEmpty()
                ? Optional.empty()
                : newest(read(writer.get()::models), read(() -> writer.get().broadcast(WriterModel.WEIGHTS_0_1)));
    }

    private static Optional<Model> newest(List<Model> models, List<Model> modelsOf01) {
        return (models.isEmpty() ? modelsOf01 : models).stream().findFirst();
    }

    /** How far each partition of the text has been read, ordered by topic and partition. */
    public List<TextOffset> textOffsets() throws SavepointException {
        Optional<OperatorStates> source = operator(PieceSource.UID);
        return source.isEmpty()
                ? List.of()
                : read(() -> TextOffset.in(source.get().sourceSplits()));
    }

    private OperatorStates learner() {
        return operator(LearnOperator.UID).orElseThrow();
    }

    private Optional<OperatorStates> operator(String uid) {
        OperatorID id = OperatorIdentifier.forUid(uid).getOperatorId();
        return Optional.ofNullable(operators.get(id)).map(OperatorStates::new);
    }

    private <V> void readKeyed(String uid, ValueStateDescriptor<V> descriptor, BiConsumer<String, V> reader)
            throws SavepointException {
        Optional<OperatorStates> operator = operator(uid);
        if (operator.isPresent()) {
            read(() -> {
                operator.get().keyed(descriptor, reader);
                return null;
            });
        }
    }

    private <T> T read(Callable<T> reading) throws SavepointException {
        try {
            return reading.call();
        } catch (Exception e) {
            throw SavepointException.unreadable(folder, e);
        }
    }
}
