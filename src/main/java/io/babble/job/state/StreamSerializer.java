package io.babble.job.state;

import io.babble.text.Stream;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A stream: its text that is not learned yet, and the model's state after the text that is. */
public final class StreamSerializer extends StateSerializer<Stream> {

    @Override
    public void serialize(Stream stream, DataOutputView target) throws IOException {
        stream.write(target);
    }

    @Override
    Stream read(DataInputView source) throws IOException {
        return Stream.read(source);
    }

    @Override
    public TypeSerializerSnapshot<Stream> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Its class name is part of every savepoint. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Stream> {
        public Snapshot() {
            super(StreamSerializer::new);
        }
    }
}
