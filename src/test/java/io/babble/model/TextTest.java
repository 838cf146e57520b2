package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.babble.text.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTest {
    private static final Sampling MOST_LIKELY = new Sampling(0, 0, 1);
    private final Sampler sampler = new Sampler(Bytes.SYMBOLS);

    @Test
    void readsEndOfTextThenThePromptThenWhatItWrote() {
        Text text = new Text(new Request("aé", 10, MOST_LIKELY, 1, ""));
        List<Integer> read = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            read.add(text.symbol());
            text.goOn(expecting('x'), sampler);
        }

        assertThat(read).containsExactly(Bytes.END_OF_TEXT, (int) 'a', 0xC3, 0xA9, (int) 'x');
        assertThat(text.takeWritten()).isEqualTo("xx");
    }

    @Test
    void endsAtItsLengthInCharacters() {
        Text text = text(3, "");
        write(text, "aé😀b");

        assertThat(text.ending()).isEqualTo(Ending.LENGTH);
        assertThat(text.takeWritten()).isEqualTo("aé😀");
    }

    @Test
    void givesWholeCharactersOnly() {
        Text text = text(9, "");
        byte[] bytes = "é😀".getBytes(StandardCharsets.UTF_8);
        List<String> taken = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        for (byte value : bytes) {
            text.goOn(expecting(value & 0xFF), sampler);
            taken.add(text.takeWritten());
            offsets.add(text.offset());
        }

        assertThat(taken).containsExactly("", "é", "", "", "", "😀");
        assertThat(offsets).containsExactly(0, 1, 1, 1, 1, 2);
    }

    @Test
    void endsBeforeItsStopText() {
        Text text = text(100, "\n\n");
        write(text, "one\ntwo\n");
        assertThat(text.takeWritten())
                .as("the last line break may begin the stop text")
                .isEqualTo("one\ntwo");

        write(text, "\nthree");
        assertThat(text.ending()).isEqualTo(Ending.STOP);
        assertThat(text.takeWritten()).isEmpty();
        assertThat(text.offset()).isEqualTo(7);
    }

    @Test
    void findsAStopTextThatBeginsWithinAFalseStart() {
        Text text = text(100, "aab€");
        write(text, "xaaab€y");

        assertThat(text.ending()).isEqualTo(Ending.STOP);
        assertThat(text.takeWritten()).isEqualTo("xa");
    }

    @Test
    void givesBackWhatWasHeldForAStopTextThatDidNotCome() {
        Text text = text(100, "stop");
        write(text, "sto");
        assertThat(text.takeWritten()).isEmpty();

        write(text, "a");
        assertThat(text.takeWritten()).isEqualTo("stoa");
    }

    @Test
    void givesBackTheHeldTailAtItsLength() {
        Text text = text(3, "stop");
        write(text, "sto");

        assertThat(text.ending()).isEqualTo(Ending.LENGTH);
        assertThat(text.takeWritten()).isEqualTo("sto");
    }

    @Test
    void endsWhereTheModelEndsItButNotBeforeTheFirstCharacter() {
        Text text = text(10, "");
        float[] end = expecting(Bytes.END_OF_TEXT);
        end['b'] = 1;
        text.goOn(end, sampler);
        assertThat(text.isDone()).isFalse();

        text.goOn(end, sampler);
        assertThat(text.ending()).isEqualTo(Ending.END_OF_TEXT);
        assertThat(text.takeWritten()).isEqualTo("b");
    }

    @Test
    void neverEndsWithinACharacter() {
        Text text = text(10, "");
        text.goOn(expecting(0xC3), sampler);
        float[] end = expecting(Bytes.END_OF_TEXT);
        end[0xA9] = 1;
        text.goOn(end, sampler);

        assertThat(text.takeWritten()).isEqualTo("é");
    }

    @Test
    void isTheSameWhenSavedAndReadAfterEverySymbol() throws IOException {
        float[][] rows = randomRows();
        for (String stop : new String[] {"", "ab", "e"}) {
            Text whole = new Text(new Request("pré", 60, new Sampling(0.7, 40, 0.95), 5, stop));
            Text resumed = new Text(whole.request());
            whole.state(4)[1] = 0.5f;
            resumed.state(4)[1] = 0.5f;
            for (int i = 0; i < 500; i++) {
                if (!whole.isDone()) {
                    whole.goOn(rows[i & 63], sampler);
                    resumed.goOn(rows[i & 63], sampler);
                }
                resumed = savedAndRead(resumed);
                assertThat(saved(resumed)).isEqualTo(saved(whole));
                if (i % 7 == 0) {
                    assertThat(resumed.takeWritten()).isEqualTo(whole.takeWritten());
                }
            }
            assertThat(whole.isDone()).isTrue();
        }
    }

    @Test
    void refusesAFormThatItDoesNotKnow() {
        byte[] unknown = {9, 0, 0};
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Text.read(new DataInputStream(new ByteArrayInputStream(unknown))))
                .withMessageContaining("expected version 1, found 9");
    }

    private static Text text(int length, String stop) {
        return new Text(new Request("", length, MOST_LIKELY, 1, stop));
    }

    private void write(Text text, String what) {
        for (byte value : what.getBytes(StandardCharsets.UTF_8)) {
            if (!text.isDone()) {
                text.goOn(expecting(value & 0xFF), sampler);
            }
        }
    }

    private static float[] expecting(int symbol) {
        float[] logits = new float[Bytes.SYMBOLS];
        logits[symbol] = 5;
        return logits;
    }

    private static float[][] randomRows() {
        SplitMix64 random = new SplitMix64(8);
        float[][] rows = new float[64][Bytes.SYMBOLS];
        for (float[] row : rows) {
            for (int symbol = 0; symbol < row.length; symbol++) {
                row[symbol] = (float) (random.nextDouble() * 4) + (symbol >= 'a' && symbol <= 'h' ? 3 : 0);
            }
        }
        return rows;
    }

    private static byte[] saved(Text text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        text.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static Text savedAndRead(Text text) throws IOException {
        return Text.read(new DataInputStream(new ByteArrayInputStream(saved(text))));
    }
}
