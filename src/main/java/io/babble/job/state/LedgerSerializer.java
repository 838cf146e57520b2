package io.babble.job.state;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The learner's totals. */
public final class LedgerSerializer extends StateSerializer<Ledger> {

    @Override
    public void serialize(Ledger ledger, DataOutputView target) throws IOException {
        ledger.write(target);
    }

    @Override
    Ledger read(DataInputView source) throws IOException {
        return Ledger.read(source);
    }

    @Override
    public TypeSerializerSnapshot<Ledger> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Its class name is part of every savepoint. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Ledger> {
        public Snapshot() {
            super(LedgerSerializer::new);
        }
    }
}
