package io.babble.job.internals;

import io.babble.job.internals.ModelSnapshot.Role;
import io.babble.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.LocalRecoveryConfig;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.UncompressedStreamCompressionDecorator;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackendBuilder;
import org.apache.flink.runtime.state.heap.HeapPriorityQueueSetFactory;
import org.apache.flink.runtime.state.metrics.LatencyTrackingStateConfig;
import org.apache.flink.runtime.state.metrics.SizeTrackingStateConfig;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;

/**
 * The state of one operator in a savepoint, that of all its subtasks together. It is restored into Flink's own state
 * backends, as by a task that starts, so that exactly what a task can restore can be read here.
 */
public final class OperatorStates {
    private static final int QUEUE_CAPACITY = 128;
    /** As Flink's source operator declares the state of its splits. */
    private static final ListStateDescriptor<byte[]> SOURCE_SPLITS =
            new ListStateDescriptor<>("SourceReaderState", BytePrimitiveArraySerializer.INSTANCE);

    private final OperatorState operator;

    public OperatorStates(OperatorState operator) {
        this.operator = operator;
    }

    private interface Reading<B, T> {
        T of(B backend) throws Exception;
    }

    /** The models that the operator works with. */
    public List<Model> models() throws Exception {
        List<Model> models = new ArrayList<>();
        for (OperatorSubtaskState subtask : operator.getStates()) {
            for (OperatorStateHandle state : subtask.getRawOperatorState()) {
                Optional.ofNullable(ModelSnapshot.read(state).get(Role.CURRENT)).ifPresent(models::add);
            }
        }
        return models;
    }

    public <T> List<T> list(ListStateDescriptor<T> descriptor) throws Exception {
        return fromOperatorState(backend -> {
            List<T> values = new ArrayList<>();
            ListState<T> state = backend.getListState(descriptor);
            state.get().forEach(values::add);
            return values;
        });
    }

    /** The splits of a source, in the form of its own serializer. */
    public List<byte[]> sourceSplits() throws Exception {
        return list(SOURCE_SPLITS);
    }

    public <V> List<V> broadcast(MapStateDescriptor<String, V> descriptor) throws Exception {
        return fromOperatorState(backend -> {
            List<V> values = new ArrayList<>();
            backend.getBroadcastState(descriptor).immutableEntries().forEach(entry -> values.add(entry.getValue()));
            return values;
        });
    }

    /** Gives {@code reader} every key and its value. */
    public <V> void keyed(ValueStateDescriptor<V> descriptor, BiConsumer<String, V> reader) throws Exception {
        List<KeyedStateHandle> handles = new ArrayList<>();
        for (OperatorSubtaskState subtask : operator.getStates()) {
            handles.addAll(subtask.getManagedKeyedState());
        }
        try (CloseableRegistry streams = new CloseableRegistry()) {
            HeapKeyedStateBackend<String> backend = keyedBackend(handles, streams);
            try {
                backend.applyToAllKeys(
                        VoidNamespace.INSTANCE,
                        VoidNamespaceSerializer.INSTANCE,
                        descriptor,
                        (String key, ValueState<V> state) -> reader.accept(key, state.value()));
            } finally {
                backend.dispose();
            }
        }
    }

    private HeapKeyedStateBackend<String> keyedBackend(List<KeyedStateHandle> handles, CloseableRegistry streams)
            throws Exception {
        int groups = operator.getMaxParallelism();
        KeyGroupRange all = KeyGroupRange.of(0, groups - 1);
        return new HeapKeyedStateBackendBuilder<>(
                        null,
                        StringSerializer.INSTANCE,
                        OperatorStates.class.getClassLoader(),
                        groups,
                        all,
                        new ExecutionConfig(),
                        TtlTimeProvider.DEFAULT,
                        LatencyTrackingStateConfig.disabled(),
                        SizeTrackingStateConfig.disabled(),
                        handles,
                        UncompressedStreamCompressionDecorator.INSTANCE,
                        LocalRecoveryConfig.BACKUP_AND_RECOVERY_DISABLED,
                        new HeapPriorityQueueSetFactory(all, groups, QUEUE_CAPACITY),
                        false,
                        streams)
                .build();
    }

    private <T> T fromOperatorState(Reading<OperatorStateBackend, T> reading) throws Exception {
        List<OperatorStateHandle> handles = new ArrayList<>();
        for (OperatorSubtaskState subtask : operator.getStates()) {
            handles.addAll(subtask.getManagedOperatorState());
        }
        try (CloseableRegistry streams = new CloseableRegistry()) {
            OperatorStateBackend backend = new DefaultOperatorStateBackendBuilder(
                            OperatorStates.class.getClassLoader(), new ExecutionConfig(), false, handles, streams)
                    .build();
            try {
                return reading.of(backend);
            } finally {
                backend.dispose();
            }
        }
    }
}
