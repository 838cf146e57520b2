package io.babble.job.savepoint;

import io.babble.job.internals.OperatorStates;
import io.babble.job.internals.SavepointException;
import io.babble.job.source.PieceSplit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerialization;

/**
 * How far a partition of the text has been read.
 *
 * @param offset of the next record; negative while none has been read
 * @param bytes of that record's value that have been read already
 */
public record TextOffset(String topic, int partition, long offset, int bytes) {
    /** As Flink's source operator declares it, where it cannot be reached. */
    private static final ListStateDescriptor<byte[]> SPLITS =
            new ListStateDescriptor<>("SourceReaderState", BytePrimitiveArraySerializer.INSTANCE);

    static List<TextOffset> in(OperatorStates source) throws SavepointException {
        PieceSplit.Serializer serializer = new PieceSplit.Serializer();
        List<TextOffset> offsets = new ArrayList<>();
        for (byte[] split : source.list(SPLITS)) {
            try {
                offsets.add(of(SimpleVersionedSerialization.readVersionAndDeSerialize(serializer, split)));
            } catch (IOException e) {
                throw source.unreadable(e);
            }
        }
        offsets.sort(Comparator.comparing(TextOffset::topic).thenComparing(TextOffset::partition));
        return offsets;
    }

    private static TextOffset of(KafkaPartitionSplit split) {
        int bytes = split instanceof PieceSplit piece ? piece.position() : 0;
        return new TextOffset(split.getTopic(), split.getPartition(), split.getStartingOffset(), bytes);
    }
}
