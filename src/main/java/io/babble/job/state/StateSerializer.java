package io.babble.job.state;

import io.babble.model.ModelFormatException;
import io.babble.text.LaterVersionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * A serializer of values that write themselves, beginning with a version. To Flink the serializer never changes; each
 * value reads what its older versions wrote.
 */
abstract class StateSerializer<T> extends TypeSerializerSingleton<T> {

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public T createInstance() {
        return null;
    }

    @Override
    public T copy(T from) {
        try {
            DataOutputSerializer bytes = new DataOutputSerializer(256);
            serialize(from, bytes);
            return deserialize(new DataInputDeserializer(bytes.getSharedBuffer(), 0, bytes.length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public T copy(T from, T reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1;
    }

    /** Reads a value. */
    abstract T read(DataInputView source) throws IOException;

    /** @throws SuppressRestartsException if a later release wrote the value: no restart would help */
    @Override
    public final T deserialize(DataInputView source) throws IOException {
        try {
            return read(source);
        } catch (LaterVersionException | ModelFormatException e) {
            throw new SuppressRestartsException(e);
        }
    }

    @Override
    public final T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }
}
