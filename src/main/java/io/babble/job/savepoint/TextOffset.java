package io.babble.job.savepoint;

import io.babble.job.source.PieceSplit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerialization;

/**
 * How far a partition of the text has been read.
 *
 * @param offset of the next record; negative before the first
 * @param bytes of that record's value that were already read
 */
public record TextOffset(String topic, int partition, long offset, int bytes) {
    static List<TextOffset> in(List<byte[]> splits) throws IOException {
        PieceSplit.Serializer serializer = new PieceSplit.Serializer();
        List<TextOffset> offsets = new ArrayList<>();
        for (byte[] split : splits) {
            offsets.add(of(SimpleVersionedSerialization.readVersionAndDeSerialize(serializer, split)));
        }
        offsets.sort(Comparator.comparing(TextOffset::topic).thenComparing(TextOffset::partition));
        return offsets;
    }

    private static TextOffset of(KafkaPartitionSplit split) {
        int bytes = split instanceof PieceSplit piece ? piece.position() : 0;
        return new TextOffset(split.getTopic(), split.getPartition(), split.getStartingOffset(), bytes);
    }
}
