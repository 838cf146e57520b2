package io.babble.job.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.records.KafkaRecords;
import io.babble.records.RawRecord;
import io.babble.text.RecordPart.Ending;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCutterTest {
    private static final int MAX_BYTES = 10_000;
    private static final int THREE_PIECES = 2 * Piece.MAX_BYTES + 9;

    private final RecordCutter cutter = new RecordCutter(MAX_BYTES, 4);

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                Piece.MAX_BYTES - 1,
                Piece.MAX_BYTES,
                Piece.MAX_BYTES + 1,
                3 * Piece.MAX_BYTES,
                MAX_BYTES - 1,
                MAX_BYTES
            })
    void thePiecesPutTogetherAreTheRecord(int length) {
        byte[] value = new byte[length];
        new Random(length).nextBytes(value);
        List<Piece> pieces = pieces(record("a".getBytes(UTF_8), value));

        ByteArrayOutputStream together = new ByteArrayOutputStream();
        pieces.forEach(piece -> together.writeBytes(piece.text()));
        assertThat(together.toByteArray()).isEqualTo(value);
        assertThat(pieces.get(0).first()).isTrue();
        assertThat(pieces.get(pieces.size() - 1).last()).isTrue();
        assertThat(pieces.stream().skip(1)).noneMatch(Piece::first);
        assertThat(pieces.stream().limit(pieces.size() - 1L)).noneMatch(Piece::last);
        assertThat(pieces).allSatisfy(piece -> {
            assertThat(piece.text()).hasSizeLessThanOrEqualTo(Piece.MAX_BYTES);
            assertThat(piece.stream()).isEqualTo("key/a");
            assertThat(piece.ending()).isEqualTo(Ending.NOTHING);
            assertThat(piece.unreadable()).isNull();
        });
    }

    @Test
    void aPieceSaysWhereItCameFrom() {
        RawRecord record = new RawRecord("texts", 3, 17, 99, "a".getBytes(UTF_8), new byte[THREE_PIECES]);

        assertThat(pieces(record)).hasSize(3).allSatisfy(piece -> {
            assertThat(piece.topic()).isEqualTo("texts");
            assertThat(piece.partition()).isEqualTo(3);
            assertThat(piece.offset()).isEqualTo(17);
            assertThat(piece.timestamp()).isEqualTo(99);
        });
    }

    @Test
    void aTextWithoutAKeyEndsBehindItsLastPiece() {
        assertThat(pieces(record(null, new byte[THREE_PIECES])))
                .extracting(Piece::ending)
                .containsExactly(Ending.NOTHING, Ending.NOTHING, Ending.TEXT);
    }

    @Test
    void anEmptyTextWithoutAKeyEndsToo() {
        assertThat(pieces(record(null, new byte[0]))).singleElement().satisfies(piece -> {
            assertThat(piece.text()).isEmpty();
            assertThat(piece.ending()).isEqualTo(Ending.TEXT);
        });
    }

    @Test
    void aKeyWithoutAValueEndsTheStream() {
        assertThat(pieces(record("a".getBytes(UTF_8), null))).singleElement().satisfies(piece -> {
            assertThat(piece.stream()).isEqualTo("key/a");
            assertThat(piece.text()).isEmpty();
            assertThat(piece.ending()).isEqualTo(Ending.STREAM);
            assertThat(piece.first()).isTrue();
            assertThat(piece.last()).isTrue();
            assertThat(piece.unreadable()).isNull();
        });
    }

    @Test
    void neitherKeyNorValueIsUnreadable() {
        isUnreadable(record(null, null), "must have a value");
    }

    @Test
    void aByteMoreThanTheLimitIsUnreadableAsAWhole() {
        isUnreadable(record("a".getBytes(UTF_8), new byte[MAX_BYTES + 1]), "10000 bytes, this one has 10001");
        isUnreadable(record(null, new byte[MAX_BYTES + 1]), "babble.text.max-bytes");
    }

    @Test
    void aKeyThatIsNotUtf8IsUnreadableWithAndWithoutAValue() {
        byte[] key = {'a', (byte) 0xC3};
        isUnreadable(record(key, new byte[THREE_PIECES]), "must be UTF-8");
        isUnreadable(record(key, null), "must be UTF-8");
    }

    @Test
    void aKeyIsBounded() {
        byte[] key = "k".repeat(KafkaRecords.MAX_STREAM_NAME_BYTES).getBytes(UTF_8);
        assertThat(pieces(record(key, new byte[1]))).singleElement().matches(piece -> piece.unreadable() == null);

        byte[] longer = "k".repeat(KafkaRecords.MAX_STREAM_NAME_BYTES + 1).getBytes(UTF_8);
        isUnreadable(record(longer, new byte[1]), "1024 bytes, this one has 1025");
    }

    @Test
    void recordsWithoutAKeyAreSpreadOverTheSharedStreamsOfTheirPartition() {
        List<String> streams = new ArrayList<>();
        for (int offset = 0; offset < 40; offset++) {
            streams.add(stream(new RawRecord("texts", offset % 2, offset / 2, 0, null, new byte[1])));
        }

        assertThat(streams.stream().distinct()).hasSize(2 * 4);
        assertThat(streams).allMatch(stream -> stream.startsWith("shared/texts/"));
    }

    @Test
    void aKeyNeverNamesASharedStream() {
        String shared = stream(record(null, new byte[1]));

        assertThat(stream(record(shared.getBytes(UTF_8), new byte[1]))).isNotEqualTo(shared);
        assertThat(stream(record(new byte[0], new byte[1]))).isEqualTo("key/");
    }

    private void isUnreadable(RawRecord record, String reason) {
        assertThat(pieces(record)).singleElement().satisfies(piece -> {
            assertThat(piece.unreadable().error()).contains(reason);
            assertThat(piece.unreadable().key()).isEqualTo(record.key());
            assertThat(piece.unreadable().value()).isEqualTo(record.value());
            assertThat(piece.text()).isEmpty();
            assertThat(piece.ending()).isEqualTo(Ending.NOTHING);
        });
    }

    private String stream(RawRecord record) {
        return cutter.piece(record, 0).stream();
    }

    private List<Piece> pieces(RawRecord record) {
        List<Piece> pieces = new ArrayList<>();
        int position = 0;
        do {
            pieces.add(cutter.piece(record, position));
            position = cutter.end(record, position);
        } while (record.value() != null && position < record.value().length);
        return pieces;
    }

    private static RawRecord record(byte[] key, byte[] value) {
        return new RawRecord("texts", 0, 1, 0, key, value);
    }
}
