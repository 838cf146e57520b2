package io.babble.job.internals;

import io.babble.model.Model;
import io.babble.model.ModelCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.runtime.state.AsyncSnapshotCallable;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.DefaultOperatorStateBackend;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle.StateMetaInfo;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StatePartitionStreamProvider;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;

/**
 * Models in an operator's snapshot, as raw state: Flink writes and reads managed operator state byte by byte
 * ({@code CompressibleFSDataOutputStream}), which takes too long for a model. They are written in the snapshot's
 * asynchronous part.
 */
public final class ModelSnapshot extends AsyncSnapshotCallable<SnapshotResult<OperatorStateHandle>> {
    private static final String NAME = DefaultOperatorStateBackend.DEFAULT_OPERATOR_STATE_NAME;

    private final Map<Role, Model> models;
    private final OperatorStateHandle.Mode mode;
    private final CheckpointStreamFactory files;
    private final Runnable written;

    /**
     * What a model is to its operator. Its code is written before the model; none is {@code 'B'}, with which a model
     * begins.
     */
    public enum Role {
        /** The model that the operator works with. */
        CURRENT(1),
        /** A learner's last good one. */
        LAST_GOOD(2);

        private final int code;

        Role(int code) {
            this.code = code;
        }
    }

    /** @param mode how models are distributed when the operator is restored with another parallelism */
    public ModelSnapshot(Map<Role, Model> models, OperatorStateHandle.Mode mode, CheckpointStreamFactory files) {
        this(models, mode, files, () -> {});
    }

    /**
     * Models with a callback.
     *
     * @param mode how models are distributed when the operator is restored with another parallelism
     * @param written is called once they are written, or the snapshot was cancelled
     */
    public ModelSnapshot(
            Map<Role, Model> models, OperatorStateHandle.Mode mode, CheckpointStreamFactory files, Runnable written) {
        this.models = models;
        this.mode = mode;
        this.files = files;
        this.written = written;
    }

    /**
     * Adds the models to an operator's snapshot.
     *
     * @param task is closed when the task is cancelled
     */
    public OperatorSnapshotFutures addTo(OperatorSnapshotFutures snapshot, CloseableRegistry task) throws IOException {
        snapshot.setOperatorStateRawFuture(toAsyncSnapshotFutureTask(task));
        return snapshot;
    }

    /** The models in the restored state of an operator. */
    public static Map<Role, Model> read(StateInitializationContext context) throws IOException {
        Map<Role, Model> models = new EnumMap<>(Role.class);
        for (StatePartitionStreamProvider model : context.getRawOperatorStateInputs()) {
            readNext(model.getStream(), models);
        }
        return models;
    }

    /** The models in {@code state}. */
    public static Map<Role, Model> read(OperatorStateHandle state) throws IOException {
        Map<Role, Model> models = new EnumMap<>(Role.class);
        try (FSDataInputStream in = state.openInputStream()) {
            for (long offset : state.getStateNameToPartitionOffsets().get(NAME).getOffsets()) {
                in.seek(offset);
                readNext(in, models);
            }
        }
        return models;
    }

    /** Version 0.2 wrote no roles: there the current model comes first, and the last good one second. */
    private static void readNext(InputStream state, Map<Role, Model> models) throws IOException {
        PushbackInputStream in = new PushbackInputStream(state);
        int code = in.read();
        for (Role role : Role.values()) {
            if (role.code == code) {
                models.putIfAbsent(role, ModelCodec.read(in));
                return;
            }
        }
        if (code >= 0) {
            in.unread(code);
        }
        models.putIfAbsent(models.containsKey(Role.CURRENT) ? Role.LAST_GOOD : Role.CURRENT, ModelCodec.read(in));
    }

    @Override
    protected SnapshotResult<OperatorStateHandle> callInternal() throws Exception {
        CheckpointStateOutputStream out = files.createCheckpointStateOutputStream(CheckpointedStateScope.EXCLUSIVE);
        snapshotCloseableRegistry.registerCloseable(out);
        long[] offsets = new long[models.size()];
        int next = 0;
        for (Map.Entry<Role, Model> model : models.entrySet()) {
            offsets[next++] = out.getPos();
            out.write(model.getKey().code);
            ModelCodec.write(model.getValue(), out);
        }
        if (!snapshotCloseableRegistry.unregisterCloseable(out)) {
            throw new IOException("The snapshot was cancelled");
        }
        return SnapshotResult.of(
                new OperatorStreamStateHandle(Map.of(NAME, new StateMetaInfo(offsets, mode)), out.closeAndGetHandle()));
    }

    @Override
    protected void cleanupProvidedResources() {
        written.run();
    }
}
