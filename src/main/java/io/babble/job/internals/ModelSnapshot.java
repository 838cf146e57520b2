package io.babble.job.internals;

import io.babble.model.Model;
import io.babble.model.ModelCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
 * Models in an operator's snapshot, as raw state: Flink writes and reads managed operator state byte by byte ({@code
 * CompressibleFSDataOutputStream}), which takes too long for a model. They are written in the snapshot's asynchronous part.
 */
public final class ModelSnapshot extends AsyncSnapshotCallable<SnapshotResult<OperatorStateHandle>> {
    private static final String NAME = DefaultOperatorStateBackend.DEFAULT_OPERATOR_STATE_NAME;

    private final List<Model> models;
    private final OperatorStateHandle.Mode mode;
    private final CheckpointStreamFactory files;
    private final Runnable written;

    /** @param mode how models are distributed when the operator is restored with another parallelism */
    public ModelSnapshot(List<Model> models, OperatorStateHandle.Mode mode, CheckpointStreamFactory files) {
        this(models, mode, files, () -> {});
    }

    /**
     * Models with a callback.
     *
     * @param mode how models are distributed when the operator is restored with another parallelism
     * @param written is called once they are written, or the snapshot was cancelled
     */
    public ModelSnapshot(
            List<Model> models, OperatorStateHandle.Mode mode, CheckpointStreamFactory files, Runnable written) {
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

    /** The models in the restored state of an operator, in the order in which they were written. */
    public static List<Model> read(StateInitializationContext context) throws IOException {
        List<Model> models = new ArrayList<>();
        for (StatePartitionStreamProvider model : context.getRawOperatorStateInputs()) {
            models.add(ModelCodec.read(model.getStream()));
        }
        return models;
    }

    /** The models in {@code state}, in the order in which they were written. */
    public static List<Model> read(OperatorStateHandle state) throws IOException {
        List<Model> models = new ArrayList<>();
        try (FSDataInputStream in = state.openInputStream()) {
            for (long offset : state.getStateNameToPartitionOffsets().get(NAME).getOffsets()) {
                in.seek(offset);
                models.add(ModelCodec.read(in));
            }
        }
        return models;
    }

    @Override
    protected SnapshotResult<OperatorStateHandle> callInternal() throws Exception {
        CheckpointStateOutputStream out = files.createCheckpointStateOutputStream(CheckpointedStateScope.EXCLUSIVE);
        snapshotCloseableRegistry.registerCloseable(out);
        long[] offsets = new long[models.size()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = out.getPos();
            ModelCodec.write(models.get(i), out);
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
