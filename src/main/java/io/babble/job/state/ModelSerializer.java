package io.babble.job.state;

import io.babble.model.Model;
import io.babble.model.ModelCodec;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.java.typeutils.runtime.DataInputViewStream;
import org.apache.flink.api.java.typeutils.runtime.DataOutputViewStream;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A whole model, as savepoints of version 0.1 have it. It is immutable, so that Flink need not copy it. */
public final class ModelSerializer extends StateSerializer<Model> {

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public Model copy(Model from) {
        return from;
    }

    @Override
    public void serialize(Model model, DataOutputView target) throws IOException {
        ModelCodec.write(model, new DataOutputViewStream(target));
    }

    @Override
    Model read(DataInputView source) throws IOException {
        return ModelCodec.read(new DataInputViewStream(source));
    }

    @Override
    public TypeSerializerSnapshot<Model> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Its class name is part of every savepoint. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Model> {
        public Snapshot() {
            super(ModelSerializer::new);
        }
    }
}
