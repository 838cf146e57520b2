package io.babble.model.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.babble.model.SplitMix64;
import io.babble.text.Alphabet;
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
            text.goOn(Bytes.ALPHABET, expecting('x'), sampler);
        }

        assertThat(read).containsExactly(Alphabet.END_OF_TEXT, (int) 'a', 0xC3, 0xA9, (int) 'x');
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
            text.goOn(Bytes.ALPHABET, expecting(value & 0xFF), sampler);
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
        float[] end = expecting(Alphabet.END_OF_TEXT);
        end['b'] = 1;
        text.goOn(Bytes.ALPHABET, end, sampler);
        assertThat(text.isDone()).isFalse();

        text.goOn(Bytes.ALPHABET, end, sampler);
        assertThat(text.ending()).isEqualTo(Ending.END_OF_TEXT);
        assertThat(text.takeWritten()).isEqualTo("b");
    }

    @Test
    void neverEndsWithinACharacter() {
        Text text = text(10, "");
        text.goOn(Bytes.ALPHABET, expecting(0xC3), sampler);
        float[] end = expecting(Alphabet.END_OF_TEXT);
        end[0xA9] = 1;
        text.goOn(Bytes.ALPHABET, end, sampler);

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
                    whole.goOn(Bytes.ALPHABET, rows[i & 63], sampler);
                    resumed.goOn(Bytes.ALPHABET, rows[i & 63], sampler);
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
    void inCodePointsItReadsCharactersAndUnknownOnesByTheirBytes() {
        Text text = new Text(new Request("a日é花🦉Ж日", 10, MOST_LIKELY, 1, ""));
        List<Integer> read = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            read.add(text.symbol());
            text.goOn(japanese(), new float[300], new Sampler(300));
        }

        assertThat(read).containsExactly(Alphabet.END_OF_TEXT, (int) 'a', 260, (int) 'é', 258, 259, 257, 260);
        assertThat(japanese().characters()).hasSize(2);
    }

    @Test
    void inCodePointsItWritesKnownCharactersOnly() throws IOException {
        SplitMix64 random = new SplitMix64(9);
        Text text = new Text(new Request("日", 500, new Sampling(1, 0, 1), 1, ""));
        Sampler any = new Sampler(300);
        StringBuilder written = new StringBuilder();
        while (!text.isDone()) {
            float[] logits = new float[300];
            for (int symbol = Alphabet.END_OF_TEXT + 1; symbol < logits.length; symbol++) {
                logits[symbol] = (float) random.nextDouble() * 4;
            }
            logits[Alphabet.END_OF_TEXT] = Float.NEGATIVE_INFINITY;
            text.goOn(japanese(), logits, any);
            text = savedAndRead(text);
            written.append(text.takeWritten());
        }

        assertThat(written.codePoints())
                .hasSize(500)
                .contains((int) '日', (int) '本')
                .allMatch(c -> c < 256 || c == '日' || c == '本');
    }

    @Test
    void inCodePointsAStopTextIsFoundToo() {
        Text text = text(100, "本日");
        for (int symbol : new int[] {260, 261, 261, 'x', 261, 260}) {
            float[] logits = new float[300];
            logits[symbol] = 5;
            text.goOn(japanese(), logits, new Sampler(300));
        }

        assertThat(text.ending()).isEqualTo(Ending.STOP);
        assertThat(text.takeWritten()).isEqualTo("日本本x");
    }

    @Test
    void refusesAFormThatItDoesNotKnow() {
        byte[] unknown = {9, 0, 0};
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Text.read(new DataInputStream(new ByteArrayInputStream(unknown))))
                .withMessageContaining("version 9 was found, but this Babble reads version 1");
    }

    private static Text text(int length, String stop) {
        return new Text(new Request("", length, MOST_LIKELY, 1, stop));
    }

    private void write(Text text, String what) {
        for (byte value : what.getBytes(StandardCharsets.UTF_8)) {
            if (!text.isDone()) {
                text.goOn(Bytes.ALPHABET, expecting(value & 0xFF), sampler);
            }
        }
    }

    private static Alphabet japanese() {
        return Alphabet.of("code-points", 300, new int[] {'日', '本'});
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
