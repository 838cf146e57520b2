package io.babble.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.babble.text.RecordPart.Ending;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** How large a stream's state gets for each byte that is pending; the numbers are those of the README. */
class PendingCostTest {
    private static final int BYTES = 1_000;
    private static final String TOPIC = "babble.text";

    private final Stream stream = new Stream();

    @Test
    void twoBytesInALongRecord() throws IOException {
        stream.read(Bytes.ALPHABET, new byte[BYTES], 0);

        assertThat(costOfAByte()).isCloseTo(2, within(0.02));
    }

    @Test
    void thirtySixWhereEachByteIsATextWithoutAKey() throws IOException {
        for (int i = 0; i < BYTES; i++) {
            stream.read(Bytes.ALPHABET, new byte[1], i);
            stream.endText(i);
        }

        assertThat(costOfAByte()).isEqualTo(36);
    }

    @Test
    void fortyFiveWhereEachByteIsTheLastOfItsStream() throws IOException {
        for (int i = 0; i < BYTES; i++) {
            stream.read(Bytes.ALPHABET, new byte[1], i);
            stream.end(i);
        }

        assertThat(costOfAByte()).isEqualTo(45);
    }

    @Test
    void aByteThatWaitsForTheRestOfAnotherRecordCosts73AndTwiceTheTopicsName() throws IOException {
        stream.records().arrived(part(0, 0, new byte[0], Ending.NOTHING, false), 0);
        int before = written(stream).length;
        for (int i = 0; i < BYTES; i++) {
            stream.records().arrived(part(1, 2L * i, new byte[1], Ending.NOTHING, true), i);
            stream.records().arrived(part(1, 2L * i + 1, new byte[0], Ending.STREAM, true), i);
        }

        assertThat(stream.pendingBytes()).isEqualTo(BYTES);
        assertThat((double) (written(stream).length - before) / BYTES).isEqualTo(73 + 2 * TOPIC.length());
    }

    private static RecordPart part(int partition, long offset, byte[] text, Ending ending, boolean last) {
        return new RecordPart(new RecordId(TOPIC, partition, offset), 0, text, ending, true, last);
    }

    private double costOfAByte() throws IOException {
        assertThat(stream.pendingBytes()).isEqualTo(BYTES);
        return (double) (written(stream).length - written(new Stream()).length) / BYTES;
    }

    private static byte[] written(Stream stream) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        stream.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
