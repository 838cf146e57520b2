package io.babble.text;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Where a record is. */
public record RecordId(String topic, int partition, long offset) {

    boolean isOfPartition(RecordId other) {
        return partition == other.partition && topic.equals(other.topic);
    }

    void write(DataOutput out) throws IOException {
        out.writeUTF(topic);
        out.writeInt(partition);
        out.writeLong(offset);
    }

    static RecordId read(DataInput in) throws IOException {
        return new RecordId(in.readUTF(), in.readInt(), in.readLong());
    }
}
