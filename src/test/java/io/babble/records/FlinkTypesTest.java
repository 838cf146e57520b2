package io.babble.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshotSerializationUtil;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Flink serializes every record that operators exchange field by field and never falls back to Kryo. */
class FlinkTypesTest {
    static List<Object> records() {
        return List.of(
                Prompt.of("a", "To be"),
                new Prompt("ä", "𝄞", 7, 0, 5, 0.5, -3, ".", Origin.PERIODIC),
                Sample.refusal("a", "busy", 1, "5f", 2),
                PromptCommand.answer(Prompt.of("a", "To be")),
                PromptCommand.refuse("a", new DeadLetter(null, new byte[] {7}, "error", "topic", 1, 2)),
                PromptCommand.cancel("a"),
                Report.builder()
                        .number(1)
                        .step(2)
                        .symbols(3)
                        .bitsPerByte(4)
                        .bitsPerByteAverage(5)
                        .bitsPerCharacter(6)
                        .gradientNorm(7)
                        .clipped(8)
                        .skipped(9)
                        .replayed(10)
                        .drifts(11)
                        .rollbacks(12)
                        .learningRate(13)
                        .lanes(14)
                        .windowSteps(15)
                        .streams(16)
                        .accepted(17)
                        .pending(18)
                        .dead(19)
                        .endOfTexts(20)
                        .unknown(21)
                        .stepMillis(22)
                        .symbolsPerSecond(23)
                        .lagMillis(Double.NaN)
                        .at(25)
                        .build(),
                new DeadLetter(null, new byte[] {1, -1}, "error", "topic", 1, 2),
                new DeadLetter(new byte[] {7}, null, "error", "topic", 1, 2));
    }

    @ParameterizedTest
    @MethodSource("records")
    <T> void serializesWithoutKryo(T record) throws IOException {
        TypeSerializer<T> serializer = serializer(record);
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(record, out);
        T read = serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
        assertThat(read)
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(record);
        assertThat(serializer.copy(record))
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(record);
    }

    @ParameterizedTest
    @MethodSource("records")
    <T> void deserializesWithTheSerializerSnapshotOfASavepoint(T record) throws IOException {
        TypeSerializer<T> serializer = serializer(record);
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshotSerializationUtil.writeSerializerSnapshot(out, serializer.snapshotConfiguration());
        serializer.serialize(record, out);

        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        TypeSerializerSnapshot<T> snapshot = TypeSerializerSnapshotSerializationUtil.readSerializerSnapshot(
                in, Thread.currentThread().getContextClassLoader());
        assertThat(snapshot.restoreSerializer().deserialize(in))
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(record);
        assertThat(serializer
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(snapshot)
                        .isCompatibleAsIs())
                .isTrue();
    }

    @SuppressWarnings("unchecked")
    private static <T> TypeSerializer<T> serializer(T record) {
        TypeInformation<T> type = TypeInformation.of((Class<T>) record.getClass());
        assertThat(type).isInstanceOf(PojoTypeInfo.class);
        Configuration noKryo = new Configuration().set(PipelineOptions.GENERIC_TYPES, false);
        return type.createSerializer(new SerializerConfigImpl(noKryo));
    }
}
