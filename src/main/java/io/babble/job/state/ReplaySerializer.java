package io.babble.job.state;

import io.babble.model.Replay;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The replay buffer. */
public final class ReplaySerializer extends StateSerializer<Replay> {

    @Override
    public Replay copy(Replay from) {
        return from.copy();
    }

    @Override
    public void serialize(Replay replay, DataOutputView target) throws IOException {
        replay.write(target);
    }

    @Override
    Replay read(DataInputView source) throws IOException {
        return Replay.read(source);
    }

    @Override
    public TypeSerializerSnapshot<Replay> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Its class name is part of every savepoint. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Replay> {
        public Snapshot() {
            super(ReplaySerializer::new);
        }
    }
}
