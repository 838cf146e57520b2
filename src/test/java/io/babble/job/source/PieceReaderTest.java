package io.babble.job.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.metrics.SourceMeters;
import io.babble.records.RawRecord;
import io.babble.text.RecordPart.Ending;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PieceReaderTest {
    private static final int THREE_PIECES = 2 * Piece.MAX_BYTES + 9;
    private static final TopicPartition FIRST = new TopicPartition("text", 0);
    private static final TopicPartition SECOND = new TopicPartition("text", 1);

    /** Of the first piece of the record at offset 0, as version 0.2 wrote it. */
    private static final String SPLIT_OF_VERSION_1 =
            "000000000000001a000474657874000000000000000000000000800000000000000000000100";

    /** Records of several lengths in two partitions, with a gap in the offsets as transactions leave it. */
    private final List<RawRecord> log = List.of(
            record(0, 0, THREE_PIECES),
            record(1, 0, 1),
            record(0, 1, 0),
            record(1, 1, 5 * Piece.MAX_BYTES - 1),
            record(0, 4, Piece.MAX_BYTES),
            ending());

    private final List<Piece> read = new ArrayList<>();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private long logStart;

    @Test
    void everyCallGivesOnePiece() throws Exception {
        PieceReader reader = reader(log, split(FIRST, 0));
        for (int calls = 1; calls <= 3; calls++) {
            assertThat(poll(reader)).isEqualTo(InputStatus.MORE_AVAILABLE);
            assertThat(read).hasSize(calls);
        }
        assertThat(bytesOf(0, 0)).isEqualTo(log.get(0).value());
    }

    @Test
    void isAvailableWhileARecordIsReadInPart() throws Exception {
        PieceReader reader = reader(log, split(FIRST, 0));
        assertThat(reader.isAvailable()).isNotDone();
        poll(reader);
        assertThat(reader.isAvailable()).isDone();
    }

    @Test
    void readsEveryRecordOfEveryPartition() throws Exception {
        readAll(reader(log, split(FIRST, 0), split(SECOND, 0)));

        everythingIsReadOnce();
    }

    @Test
    void aRestoredReaderGoesOnWithTheNextPieceWhereverItWasStopped() throws Exception {
        PieceReader whole = reader(log, split(FIRST, 0), split(SECOND, 0));
        int polls = readAll(whole);
        for (int cut = 0; cut <= polls; cut++) {
            read.clear();
            PieceReader stopped = reader(log, split(FIRST, 0), split(SECOND, 0));
            for (int i = 0; i < cut; i++) {
                poll(stopped);
            }
            readAll(reader(log, saved(stopped)));

            everythingIsReadOnce();
        }
    }

    @Test
    void aSnapshotBeforeTheRecordComesBackKeepsThePlace() throws Exception {
        PieceReader stopped = reader(log, split(FIRST, 0));
        poll(stopped);
        poll(stopped);
        PieceReader restored = reader(log, saved(stopped));
        PieceReader restoredAgain = reader(log, saved(restored));
        poll(restoredAgain);

        assertThat(bytesOf(0, 0)).isEqualTo(log.get(0).value());
        poll(restoredAgain);
        assertThat(saved(restoredAgain)[0].getStartingOffset()).isEqualTo(2);
    }

    @Test
    void aReaderThatIsStoppedAtEveryPieceReadsEverythingOnce() throws Exception {
        KafkaPartitionSplit[] splits = {split(FIRST, 0), split(SECOND, 0)};
        InputStatus status = InputStatus.MORE_AVAILABLE;
        while (status == InputStatus.MORE_AVAILABLE) {
            PieceReader reader = reader(log, splits);
            status = poll(reader);
            splits = saved(reader);
        }

        everythingIsReadOnce();
    }

    @Test
    void whereTheRecordIsGoneTheNextOneIsReadFromItsBeginning() throws Exception {
        PieceReader stopped = reader(log, split(FIRST, 0));
        poll(stopped);
        KafkaPartitionSplit[] splits = saved(stopped);
        read.clear();
        RawRecord left = record(0, 9, THREE_PIECES);
        readAll(reader(List.of(left), splits));

        assertThat(bytesOf(0, 9)).isEqualTo(left.value());
        assertThat(read).hasSize(3);
    }

    @Test
    void theSameRecordIsResumed() throws Exception {
        assertThat(readAfterRestart(record(0, 0, THREE_PIECES))).hasSize(THREE_PIECES - Piece.MAX_BYTES);
        assertThat(replaced()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, Piece.MAX_BYTES, Piece.MAX_BYTES + 1, THREE_PIECES + 1})
    void aShorterOrLongerRecordInItsPlaceIsReadFromItsBeginning(int length) throws Exception {
        RawRecord other = record(0, 0, length);
        assertThat(readAfterRestart(other)).isEqualTo(other.value());
        assertThat(replaced()).isEqualTo(1);
    }

    @Test
    void anotherRecordOfTheSameLengthInItsPlaceIsReadFromItsBeginning() throws Exception {
        RawRecord other = record(0, 0, THREE_PIECES);
        other.value()[0]++;
        assertThat(readAfterRestart(other)).isEqualTo(other.value());
        assertThat(replaced()).isEqualTo(1);
    }

    @Test
    void anEndOfAStreamInItsPlaceIsRead() throws Exception {
        readAfterRestart(new RawRecord("text", 0, 0, 0, "a".getBytes(UTF_8), null));

        assertThat(read).extracting(Piece::ending).containsExactly(Ending.STREAM);
        assertThat(replaced()).isEqualTo(1);
    }

    @Test
    void aSplitOfVersion1IsResumedWhereTheRecordIsLongEnough() throws Exception {
        byte[] version1 = HexFormat.of().parseHex(SPLIT_OF_VERSION_1);
        KafkaPartitionSplit split = new PieceSplit.Serializer().deserialize(1, version1);
        assertThat(split).isInstanceOfSatisfying(PieceSplit.class, piece -> assertThat(piece.position())
                .isEqualTo(Piece.MAX_BYTES));
        assertThat(copied(split)).isEqualTo(split);

        readAll(reader(List.of(record(0, 0, Piece.MAX_BYTES + 1)), copied(split)));
        assertThat(bytesOf(0, 0)).hasSize(1);
        assertThat(replaced()).isZero();
        read.clear();
        readAll(reader(List.of(record(0, 0, Piece.MAX_BYTES)), copied(split)));
        assertThat(bytesOf(0, 0)).hasSize(Piece.MAX_BYTES);
        assertThat(replaced()).isEqualTo(1);
    }

    /** The bytes that are read of {@code next}, after a restart within another record at its offset. */
    private byte[] readAfterRestart(RawRecord next) throws Exception {
        PieceReader stopped = reader(log, split(FIRST, 0));
        poll(stopped);
        KafkaPartitionSplit[] splits = saved(stopped);
        read.clear();
        readAll(reader(List.of(next), splits));
        return bytesOf(0, 0);
    }

    private double replaced() {
        return meters.counter(SourceMeters.REPLACED).count();
    }

    @Test
    void aSplitKeepsItsPlaceAndItsEndInItsBytes() throws Exception {
        KafkaPartitionSplit plain = new KafkaPartitionSplit(FIRST, 7, 11);
        KafkaPartitionSplit cut = PieceSplit.of(plain, record(0, 7, 3_000), 2_048);

        assertThat(copied(plain)).isEqualTo(plain).isNotInstanceOf(PieceSplit.class);
        assertThat(copied(cut)).isEqualTo(cut).hasSameHashCodeAs(cut).isNotEqualTo(plain);
        assertThat(copied(cut)).isInstanceOfSatisfying(PieceSplit.class, split -> {
            assertThat(split.position()).isEqualTo(2_048);
            assertThat(split.getStoppingOffset()).contains(11L);
        });
    }

    @Test
    void aSplitOfALaterVersionIsRefused() throws Exception {
        PieceSplit.Serializer serializer = new PieceSplit.Serializer();
        byte[] bytes = serializer.serialize(split(FIRST, 0));

        assertThatThrownBy(() -> serializer.deserialize(serializer.getVersion() + 1, bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 3")
                .hasMessageContaining("reads version 2 and below");
    }

    private void everythingIsReadOnce() {
        for (RawRecord record : log) {
            byte[] value = record.value() == null ? new byte[0] : record.value();
            assertThat(bytesOf(record.partition(), record.offset())).isEqualTo(value);
            assertThat(pieces(record.partition(), record.offset())).isNotEmpty();
        }
        assertThat(read.stream().filter(piece -> piece.ending() == Ending.STREAM))
                .hasSize(1);
        assertThat(read.stream().filter(piece -> piece.text().length == 0)).hasSize(2);
    }

    private byte[] bytesOf(int partition, long offset) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        pieces(partition, offset).forEach(piece -> bytes.writeBytes(piece.text()));
        return bytes.toByteArray();
    }

    private List<Piece> pieces(int partition, long offset) {
        return read.stream()
                .filter(piece -> piece.partition() == partition && piece.offset() == offset)
                .toList();
    }

    private int readAll(PieceReader reader) throws Exception {
        int polls = 0;
        while (poll(reader) == InputStatus.MORE_AVAILABLE) {
            polls++;
        }
        return polls;
    }

    private InputStatus poll(PieceReader reader) throws Exception {
        int before = read.size();
        InputStatus status = reader.pollNext(new PieceList(read));
        assertThat(read.size() - before).isLessThanOrEqualTo(1);
        return status;
    }

    @Test
    void recordsBeforeTheLogStartAreDeletedText() throws Exception {
        logStart = 3;
        readAll(reader(log, split(FIRST, 0), split(SECOND, 0)));

        assertThat(lost()).as("offset 2; 3 is a marker").isEqualTo(1);
    }

    @Test
    void aJumpBehindTheLogStartIsNoDeletedText() throws Exception {
        logStart = 2;
        readAll(reader(log, split(FIRST, 0)));

        assertThat(lost()).isZero();
    }

    @Test
    void aNewPartitionBeginsWhereItsLogBegins() throws Exception {
        logStart = 9;
        readAll(reader(List.of(record(0, 9, 1)), split(FIRST, KafkaPartitionSplit.EARLIEST_OFFSET)));

        assertThat(lost()).isZero();
    }

    @Test
    void textThatWasDeletedWhileTheJobWasStoppedIsCountedToTheNextRecord() throws Exception {
        logStart = 9;
        readAll(reader(List.of(record(0, 7, 1)), split(FIRST, 2)));

        assertThat(lost()).isEqualTo(5);
    }

    @Test
    void withoutAnAnswerTheReaderGoesOn() throws Exception {
        logStart = -1;
        readAll(reader(log, split(FIRST, 0), split(SECOND, 0)));

        everythingIsReadOnce();
        assertThat(lost()).isZero();
    }

    private double lost() {
        return meters.counter(SourceMeters.LOST).count();
    }

    /** Says {@link #logStart}, or fails where that is negative. */
    private final class FixedLogStarts implements DeletedText.LogStarts {
        @Override
        public CompletionStage<Map<TopicPartition, Long>> of(Set<TopicPartition> partitions) {
            return logStart < 0
                    ? CompletableFuture.failedStage(new TimeoutException("no answer"))
                    : CompletableFuture.completedStage(
                            partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> logStart)));
        }

        @Override
        public void close() {}
    }

    private PieceReader reader(List<RawRecord> log, KafkaPartitionSplit... splits) {
        SourceMeters sourceMeters = new SourceMeters(meters);
        PieceReader reader = new PieceReader(
                new RecordLog(log),
                new RecordCutter(1 << 20, 4),
                sourceMeters,
                new DeletedText(new FixedLogStarts(), sourceMeters));
        reader.addSplits(List.of(splits));
        return reader;
    }

    /** A reader's splits as a checkpoint gives them back. */
    private static KafkaPartitionSplit[] saved(PieceReader reader) throws IOException {
        List<KafkaPartitionSplit> splits = new ArrayList<>();
        for (KafkaPartitionSplit split : reader.snapshotState(1)) {
            splits.add(copied(split));
        }
        return splits.toArray(KafkaPartitionSplit[]::new);
    }

    private static KafkaPartitionSplit copied(KafkaPartitionSplit split) throws IOException {
        PieceSplit.Serializer serializer = new PieceSplit.Serializer();
        return serializer.deserialize(serializer.getVersion(), serializer.serialize(split));
    }

    private static KafkaPartitionSplit split(TopicPartition partition, long offset) {
        return new KafkaPartitionSplit(partition, offset);
    }

    private static RawRecord record(int partition, long offset, int length) {
        byte[] value = new byte[length];
        new Random(length).nextBytes(value);
        return new RawRecord("text", partition, offset, 0, "a".getBytes(UTF_8), value);
    }

    private static RawRecord ending() {
        return new RawRecord("text", 1, 2, 0, "a".getBytes(UTF_8), null);
    }
}
