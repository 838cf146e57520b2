package io.babble.job.source;

import io.babble.text.SavedForm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.common.Uuid;

/**
 * What the enumerator of a {@link TopicSource} saves.
 *
 * @param partitions the connector's own state
 * @param id of the topic, which another topic of the same name does not have; null before the broker has said it
 */
public record TopicState(KafkaSourceEnumState partitions, Uuid id) {
    /** Before anything was read. */
    static final TopicState UNREAD = new TopicState(new KafkaSourceEnumState(Set.of(), false), null);

    /** The name of each partition's topic. */
    Stream<String> topics() {
        return partitions.splits().stream().map(partition -> partition.split().getTopic());
    }

    /** The id, then the connector's own serialized state; savepoints until version 0.2 have only the latter. */
    record Serializer(SimpleVersionedSerializer<KafkaSourceEnumState> connector)
            implements SimpleVersionedSerializer<TopicState> {
        /** Versions below are the connector's. */
        private static final int VERSION = 100;

        @Override
        public int getVersion() {
            return VERSION;
        }

        @Override
        public byte[] serialize(TopicState state) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            Uuid id = state.id == null ? Uuid.ZERO_UUID : state.id;
            out.writeLong(id.getMostSignificantBits());
            out.writeLong(id.getLeastSignificantBits());
            out.writeInt(connector.getVersion());
            out.write(connector.serialize(state.partitions));
            return bytes.toByteArray();
        }

        @Override
        public TopicState deserialize(int version, byte[] bytes) throws IOException {
            if (version < VERSION) {
                return new TopicState(connector.deserialize(version, bytes), null);
            }
            SavedForm.checkVersion(version, "A topic's state", VERSION);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            Uuid id = new Uuid(in.readLong(), in.readLong());
            return new TopicState(
                    connector.deserialize(in.readInt(), in.readAllBytes()), id.equals(Uuid.ZERO_UUID) ? null : id);
        }
    }
}
