package io.babble.job.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Set;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumStateSerializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class TopicStateTest {
    private static final KafkaPartitionSplit PARTITION = new KafkaPartitionSplit(new TopicPartition("text", 1), 7);
    private static final KafkaSourceEnumState PARTITIONS = new KafkaSourceEnumState(Set.of(PARTITION), Set.of(), true);

    private final KafkaSourceEnumStateSerializer connector = new KafkaSourceEnumStateSerializer();
    private final TopicState.Serializer serializer = new TopicState.Serializer(connector);

    @Test
    void isReadAsItWasWritten() throws IOException {
        Uuid id = new Uuid(-3, 5);
        assertThat(saved(new TopicState(PARTITIONS, id)).id()).isEqualTo(id);
        assertThat(saved(new TopicState(PARTITIONS, null)).id()).isNull();
        assertIsThatOfPartitions(saved(new TopicState(PARTITIONS, id)));
    }

    /** As all versions of the connector are, whatever Babble's own. */
    @Test
    void theStateOfVersion02HasNoId() throws IOException {
        TopicState state = serializer.deserialize(connector.getVersion(), connector.serialize(PARTITIONS));

        assertThat(state.id()).isNull();
        assertIsThatOfPartitions(state);
    }

    @Test
    void refusesALaterVersion() {
        assertThatThrownBy(() -> serializer.deserialize(101, new byte[20]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 101");
    }

    private TopicState saved(TopicState state) throws IOException {
        return serializer.deserialize(serializer.getVersion(), serializer.serialize(state));
    }

    private static void assertIsThatOfPartitions(TopicState state) {
        assertThat(state.topics()).containsExactly("text");
        assertThat(state.partitions().assignedSplits()).containsExactly(PARTITION);
        assertThat(state.partitions().initialDiscoveryFinished()).isTrue();
    }
}
