package io.babble.job.state;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** An answer in progress. */
public final class AnswerSerializer extends StateSerializer<Answer> {

    @Override
    public void serialize(Answer answer, DataOutputView target) throws IOException {
        answer.write(target);
    }

    @Override
    Answer read(DataInputView source) throws IOException {
        return Answer.read(source);
    }

    @Override
    public TypeSerializerSnapshot<Answer> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Its class name is part of every savepoint. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Answer> {
        public Snapshot() {
            super(AnswerSerializer::new);
        }
    }
}
