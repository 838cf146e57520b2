package io.babble.job.internals;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.TestSettings;
import io.babble.job.internals.ModelSnapshot.Role;
import io.babble.job.write.WriterHarness;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle.Mode;
import org.apache.flink.runtime.state.OperatorStateHandle.StateMetaInfo;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.junit.jupiter.api.Test;

class ModelSnapshotTest {
    private static final Model CURRENT = WriterHarness.model(TestSettings.small(), 7);
    private static final Model LAST_GOOD = WriterHarness.model(TestSettings.small(), 3);

    @Test
    void aModelIsKnownByItsRoleAndNotByItsPlace() throws Exception {
        Map<Role, Model> models = new LinkedHashMap<>();
        models.put(Role.LAST_GOOD, LAST_GOOD);
        models.put(Role.CURRENT, CURRENT);

        assertThat(versions(written(models))).isEqualTo(Map.of(Role.CURRENT, 7L, Role.LAST_GOOD, 3L));
        assertThat(versions(written(Map.of(Role.LAST_GOOD, LAST_GOOD)))).isEqualTo(Map.of(Role.LAST_GOOD, 3L));
    }

    /** As version 0.2 wrote them. */
    @Test
    void modelsWithoutRolesAreKnownByTheirPlace() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelCodec.write(CURRENT, bytes);
        long[] offsets = {0, bytes.size()};
        ModelCodec.write(LAST_GOOD, bytes);
        OperatorStateHandle state = new OperatorStreamStateHandle(
                Map.of("_default_", new StateMetaInfo(offsets, Mode.SPLIT_DISTRIBUTE)),
                new ByteStreamStateHandle("0.2", bytes.toByteArray()));

        assertThat(versions(state)).isEqualTo(Map.of(Role.CURRENT, 7L, Role.LAST_GOOD, 3L));
    }

    private static OperatorStateHandle written(Map<Role, Model> models) throws Exception {
        FutureTask<SnapshotResult<OperatorStateHandle>> snapshot = new ModelSnapshot(
                        models, Mode.SPLIT_DISTRIBUTE, new MemCheckpointStreamFactory(1 << 20))
                .toAsyncSnapshotFutureTask(new CloseableRegistry());
        snapshot.run();
        return snapshot.get().getJobManagerOwnedSnapshot();
    }

    private static Map<Role, Long> versions(OperatorStateHandle state) throws IOException {
        Map<Role, Long> versions = new LinkedHashMap<>();
        ModelSnapshot.read(state).forEach((role, model) -> versions.put(role, model.version()));
        return versions;
    }
}
