package io.babble.job.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.babble.job.TestSettings;
import io.babble.job.options.EngineFactory;
import io.babble.model.Model;
import io.babble.model.ModelBytes;
import io.babble.text.Alphabet;
import io.babble.text.Bytes;
import io.babble.text.LaterVersionException;
import io.babble.text.RecordId;
import io.babble.text.RecordPart;
import io.babble.text.RecordPart.Ending;
import io.babble.text.Stream;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StateSerializersTest {
    private static final Model MODEL = new EngineFactory(TestSettings.small()).newModel();

    static List<Arguments> serializers() throws IOException {
        return List.of(
                arguments(new StreamSerializer(), Golden.bytes("stream-3.bin")),
                arguments(new LedgerSerializer(), Golden.bytes("ledger-2.bin")),
                arguments(new AnswerSerializer(), Golden.bytes("answer-1.bin")),
                arguments(new ReplaySerializer(), Golden.bytes("replay-3.bin")),
                arguments(new ModelSerializer(), ModelBytes.of(MODEL)));
    }

    @ParameterizedTest
    @MethodSource("serializers")
    <T> void whatIsReadIsWrittenAgain(TypeSerializer<T> serializer, byte[] bytes) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(bytes);
        T value = serializer.deserialize(in);

        assertThat(in.available()).isZero();
        assertThat(written(serializer, value)).isEqualTo(bytes);
        assertThat(written(serializer, serializer.copy(value))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @MethodSource("serializers")
    <T> void copiesBytesOfOneValueAndNoMore(TypeSerializer<T> serializer, byte[] bytes) throws IOException {
        DataOutputSerializer two = new DataOutputSerializer(64);
        two.write(bytes);
        two.write(bytes);
        DataInputDeserializer in = new DataInputDeserializer(two.getCopyOfBuffer());
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.copy(in, out);

        assertThat(out.getCopyOfBuffer()).isEqualTo(bytes);
        assertThat(in.available()).isEqualTo(bytes.length);
    }

    @ParameterizedTest
    @MethodSource("serializers")
    <T> void aSavepointRemembersTheSerializer(TypeSerializer<T> serializer, byte[] bytes) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        TypeSerializerSnapshot<T> remembered = TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(out.getCopyOfBuffer()),
                Thread.currentThread().getContextClassLoader());

        assertThat(serializer.snapshotConfiguration().resolveSchemaCompatibility(remembered))
                .matches(compatibility -> compatibility.isCompatibleAsIs());
        TypeSerializer<T> restored = remembered.restoreSerializer();
        assertThat(written(restored, restored.deserialize(new DataInputDeserializer(bytes))))
                .isEqualTo(bytes);
    }

    @Test
    void theCopyOfAStreamSharesNothingWithIt() throws IOException {
        StreamSerializer serializer = new StreamSerializer();
        Stream stream = Stream.read(Golden.open("stream-1.bin"));
        Stream copy = serializer.copy(stream);
        byte[] before = written(serializer, stream);
        copy.read(Bytes.ALPHABET, "more".getBytes(UTF_8), 9);
        copy.take(Bytes.ALPHABET, 2, 0, 1, new int[2], new int[2]);
        copy.state(3)[0] = 7;
        copy.end(10);

        assertThat(written(serializer, stream)).isEqualTo(before).isNotEqualTo(written(serializer, copy));
    }

    @Test
    void aModelNeverChangesSoItIsItsOwnCopy() {
        ModelSerializer serializer = new ModelSerializer();

        assertThat(serializer.copy(MODEL)).isSameAs(MODEL);
        assertThat(serializer.copy(MODEL, null)).isSameAs(MODEL);
        assertThat(serializer.isImmutableType()).isTrue();
    }

    /** Every later Babble must read this file as this one does. */
    @Test
    void readsAStreamOfVersion1() throws IOException {
        Stream stream = Stream.read(Golden.open("stream-1.bin"));

        assertThat(stream.position()).isEqualTo(2);
        assertThat(stream.pendingBytes()).as("cd, ef and half of é").isEqualTo(5);
        assertThat(stream.available()).as("cd and the end").isEqualTo(3);
        assertThat(stream.ending()).isTrue();
        assertThat(stream.ended()).isFalse();
        assertThat(stream.oldestTimestamp()).isEqualTo(1_000);
        assertThat(stream.turn()).isEqualTo(5);
        assertThat(stream.use()).isEqualTo(77);
        assertThat(stream.state(3)).containsExactly(0.5f, -1, 2);
        int[] inputs = new int[3];
        int[] targets = new int[3];
        stream.take(Bytes.ALPHABET, 3, 0, 1, inputs, targets);
        stream.learned();
        assertThat(inputs).containsExactly('b', 'c', 'd');
        assertThat(targets).containsExactly('c', 'd', Alphabet.END_OF_TEXT);
        assertThat(stream.oldestTimestamp()).isEqualTo(2_000);
        assertThat(stream.state(3)).containsOnly(0);
        assertThat(stream.read(Bytes.ALPHABET, new byte[] {(byte) 0xA9}, 3_000)).isEmpty();
        assertThat(stream.available()).isEqualTo(4);
    }

    /** As the one of version 1, with a record that is read and two that wait for its end. */
    @Test
    void readsAStreamOfVersion2() throws IOException {
        Stream stream = Stream.read(Golden.open("stream-2.bin"));

        assertThat(stream.position()).isEqualTo(2);
        assertThat(stream.state(3)).containsExactly(0.5f, -1, 2);
        assertThat(stream.pendingBytes())
                .as("cd, ef, half of é, and what waits")
                .isEqualTo(5 + 3 + 2);
        assertThat(stream.records().oldestNumber()).hasValue(75);
        List<RecordPart> parts = stream.records()
                .arrived(
                        new RecordPart(
                                new RecordId("text", 0, 7),
                                3_000,
                                new byte[] {(byte) 0xA9},
                                Ending.NOTHING,
                                false,
                                true),
                        78);
        assertThat(parts)
                .extracting(RecordPart::record)
                .containsExactly(new RecordId("text", 0, 7), new RecordId("text", 1, 40), new RecordId("text", 2, 50));
        assertThat(parts).extracting(part -> new String(part.text(), UTF_8)).endsWith("ghi", "jk");
        assertThat(parts).extracting(RecordPart::ending).endsWith(Ending.STREAM, Ending.NOTHING);
        assertThat(parts).extracting(RecordPart::last).containsExactly(true, true, false);
        assertThat(parts).extracting(RecordPart::timestamp).endsWith(2_500L, 2_600L);
        assertThat(stream.pendingBytes()).isEqualTo(5);
    }

    /** Here it is known which end forgets; the two before forget in any case. */
    @Test
    void readsAStreamOfVersion3() throws IOException {
        Stream stream = Stream.read(Golden.open("stream-3.bin"));

        assertThat(learnedToItsEnd(stream)).as("cd, and an end").isEqualTo(3);
        assertThat(stream.takeForgotten()).isFalse();
        assertThat(learnedToItsEnd(stream)).as("ef, and a null value").isEqualTo(3);
        assertThat(stream.takeForgotten()).isTrue();
        assertThat(stream.pendingBytes())
                .as("g, half of a character, and h in a record that waits")
                .isEqualTo(3);
        Stream before = Stream.read(Golden.open("stream-1.bin"));
        learnedToItsEnd(before);
        assertThat(before.takeForgotten()).isTrue();
    }

    private static int learnedToItsEnd(Stream stream) {
        int steps = stream.available();
        stream.take(Bytes.ALPHABET, steps, 0, 1, new int[steps], new int[steps]);
        stream.learned();
        return steps;
    }

    @Test
    void refusesAStreamOfALaterVersion() throws IOException {
        byte[] bytes = Golden.bytes("stream-3.bin");
        bytes[0] = 4;

        assertThatThrownBy(() -> new StreamSerializer().deserialize(new DataInputDeserializer(bytes)))
                .as("no restart would help")
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .isInstanceOf(LaterVersionException.class)
                .hasMessageContaining("version 4")
                .hasMessageContaining("reads version 3 and below");
    }

    private static <T> byte[] written(TypeSerializer<T> serializer, T value) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        return out.getCopyOfBuffer();
    }
}
