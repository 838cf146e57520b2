package io.babble.job.source;

import io.babble.text.SavedForm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Objects;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** A partition whose next record was partly read. */
public final class PieceSplit extends KafkaPartitionSplit {
    private final int position;

    /** Reading resumes at byte {@code position} of the value of the record at {@code offset}. */
    private PieceSplit(KafkaPartitionSplit split, long offset, int position) {
        super(split.getTopicPartition(), offset, split.getStoppingOffset().orElse(NO_STOPPING_OFFSET));
        this.position = position;
    }

    static KafkaPartitionSplit of(KafkaPartitionSplit split, long offset, int position) {
        return position == 0 ? split : new PieceSplit(split, offset, position);
    }

    /** Bytes of the next record's value that were read. */
    public int position() {
        return position;
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other) && other instanceof PieceSplit split && split.position == position;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), position);
    }

    /** The connector's own serialized split, then the position. */
    public static final class Serializer implements SimpleVersionedSerializer<KafkaPartitionSplit> {
        private static final int VERSION = 1;

        private final KafkaPartitionSplitSerializer splits = new KafkaPartitionSplitSerializer();

        @Override
        public int getVersion() {
            return VERSION;
        }

        @Override
        public byte[] serialize(KafkaPartitionSplit split) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            byte[] whole = splits.serialize(split);
            out.writeInt(splits.getVersion());
            out.writeInt(whole.length);
            out.write(whole);
            out.writeInt(split instanceof PieceSplit piece ? piece.position : 0);
            return bytes.toByteArray();
        }

        @Override
        public KafkaPartitionSplit deserialize(int version, byte[] bytes) throws IOException {
            SavedForm.checkVersion(version, "A split", VERSION);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            int splitVersion = in.readInt();
            KafkaPartitionSplit split = splits.deserialize(splitVersion, in.readNBytes(in.readInt()));
            return of(split, split.getStartingOffset(), in.readInt());
        }
    }
}
