package io.babble.job.state;

import io.babble.text.Stream;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A stream's text that is not learned yet, and the model's state after what is. */
public final class StreamSerializer extends StateSerializer<Stream> {

    @Override
    public void serialize(Stream stream, DataOutputView target) throws IOException {
        stream.write(target);
    }

    @Override
    public Stream deserialize(DataInputView source) throws IOException {
        return Stream.read(source);
    }

    @Override
    public TypeSerializerSnapshot<Stream> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Flink makes it from its name. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Stream> {
        public Snapshot() {
            super(StreamSerializer::new);
        }
    }
}
