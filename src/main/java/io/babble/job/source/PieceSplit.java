package io.babble.job.source;

import io.babble.records.RawRecord;
import io.babble.text.SavedForm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A partition whose next record was partly read. The offset alone does not identify that record: once a topic was
 * deleted and created again, another one has it.
 */
public final class PieceSplit extends KafkaPartitionSplit {
    /** The length in splits of version 1, which do not say it. */
    private static final int UNKNOWN_LENGTH = -1;

    private final int position;
    private final int length;
    private final int crc;

    /** Reading resumes at byte {@code position} of the value of the record at {@code offset}. */
    private PieceSplit(KafkaPartitionSplit split, long offset, int position, int length, int crc) {
        super(split.getTopicPartition(), offset, split.getStoppingOffset().orElse(NO_STOPPING_OFFSET));
        this.position = position;
        this.length = length;
        this.crc = crc;
    }

    /**
     * The partition of {@code split} with {@code record} as its next one, of whose value {@code position} bytes were
     * read.
     */
    static KafkaPartitionSplit of(KafkaPartitionSplit split, RawRecord record, int position) {
        return position == 0
                ? split
                : new PieceSplit(split, record.offset(), position, record.value().length, crc(record.value()));
    }

    /** Bytes of the next record's value that were read. */
    public int position() {
        return position;
    }

    /** Whether {@code value} can be the one that was partly read. */
    boolean isOf(byte[] value) {
        if (value == null || position >= value.length) {
            return false;
        }
        return length == UNKNOWN_LENGTH || (length == value.length && crc == crc(value));
    }

    private static int crc(byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(value);
        return (int) crc.getValue();
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other)
                && other instanceof PieceSplit split
                && split.position == position
                && split.length == length
                && split.crc == crc;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), position, length, crc);
    }

    /**
     * The connector's own serialized split, then the position; where it is not 0, the length and CRC-32C of the
     * record's value.
     */
    public static final class Serializer implements SimpleVersionedSerializer<KafkaPartitionSplit> {
        private static final int VERSION_1 = 1;
        private static final int VERSION_2 = 2;

        private final KafkaPartitionSplitSerializer splits = new KafkaPartitionSplitSerializer();

        @Override
        public int getVersion() {
            return VERSION_2;
        }

        @Override
        public byte[] serialize(KafkaPartitionSplit split) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            byte[] whole = splits.serialize(split);
            out.writeInt(splits.getVersion());
            out.writeInt(whole.length);
            out.write(whole);
            if (split instanceof PieceSplit piece) {
                out.writeInt(piece.position);
                out.writeInt(piece.length);
                out.writeInt(piece.crc);
            } else {
                out.writeInt(0);
            }
            return bytes.toByteArray();
        }

        @Override
        public KafkaPartitionSplit deserialize(int version, byte[] bytes) throws IOException {
            SavedForm.checkVersion(version, "A split", VERSION_2);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            int splitVersion = in.readInt();
            KafkaPartitionSplit split = splits.deserialize(splitVersion, in.readNBytes(in.readInt()));
            int position = in.readInt();
            if (position == 0) {
                return split;
            }
            int length = version == VERSION_1 ? UNKNOWN_LENGTH : in.readInt();
            int crc = version == VERSION_1 ? 0 : in.readInt();
            return new PieceSplit(split, split.getStartingOffset(), position, length, crc);
        }
    }
}
