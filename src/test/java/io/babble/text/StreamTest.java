package io.babble.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamTest {
    private static final int EOT = Alphabet.END_OF_TEXT;

    private final Stream stream = new Stream();

    @Test
    void beginsWithEndOfTextSoThatTheFirstSymbolIsLearnedToo() {
        read("ab");

        assertThat(inputs(2)).containsExactly(EOT, 'a');
    }

    @Test
    void inputsOfAWindowGoOnWhereTheTargetsOfTheLastOneEnded() {
        read("abcd");

        assertThat(targets(2)).containsExactly('a', 'b');
        assertThat(inputs(2)).containsExactly('b', 'c');
    }

    @Test
    void aTextIsTheSameHoweverItIsCut() {
        byte[] text = "naïve – 日本語 🦜!".getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= text.length; cut++) {
            Stream parts = new Stream();
            assertThat(parts.read(Bytes.ALPHABET, Arrays.copyOf(text, cut), 0)).isEmpty();
            assertThat(parts.read(Bytes.ALPHABET, Arrays.copyOfRange(text, cut, text.length), 0))
                    .isEmpty();

            assertThat(textOf(parts)).isEqualTo("naïve – 日本語 🦜!");
        }
    }

    @Test
    void anUnfinishedCharacterIsPendingButCannotBeLearnedYet() {
        stream.read(Bytes.ALPHABET, new byte[] {'a', (byte) 0xE6, (byte) 0x97}, 0);

        assertThat(stream.pendingBytes()).isEqualTo(3);
        assertThat(stream.available()).isEqualTo(1);
    }

    @Test
    void onlyTheBytesThatCannotBecomeUtf8AreDead() {
        byte[] dead = stream.read(
                Bytes.ALPHABET, new byte[] {'a', (byte) 0xFF, 'b', (byte) 0xE6, (byte) 0x97, 'c', (byte) 0x80}, 0);

        assertThat(dead).containsExactly(0xFF, 0xE6, 0x97, 0x80);
        assertThat(textOf(stream)).isEqualTo("abc");
    }

    @Test
    void carriedBytesDieWhenTheNextPieceDoesNotFinishThem() {
        stream.read(Bytes.ALPHABET, new byte[] {(byte) 0xF0, (byte) 0x9F}, 0);

        assertThat(stream.read(Bytes.ALPHABET, new byte[] {'x'}, 0)).containsExactly(0xF0, 0x9F);
        assertThat(textOf(stream)).isEqualTo("x");
    }

    @Test
    void everyByteIsEitherPendingOrDead() {
        Random random = new Random(1);
        long accepted = 0;
        long dead = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextInt(9)];
            random.nextBytes(bytes);
            accepted += bytes.length;
            dead += stream.read(Bytes.ALPHABET, bytes, 0).length;
            if (random.nextInt(10) == 0) {
                dead += stream.endText(0).length;
            }

            assertThat(stream.pendingBytes() + dead).isEqualTo(accepted);
        }
    }

    @Test
    void inCodePointsATextIsItsCharactersHoweverItIsCut() {
        byte[] text = "aé – 日本🦜日".getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= text.length; cut++) {
            Alphabet alphabet = Alphabet.of(CodePoints.NAME, 512);
            Stream parts = new Stream();
            assertThat(parts.read(alphabet, Arrays.copyOf(text, cut), 0)).isEmpty();
            assertThat(parts.read(alphabet, Arrays.copyOfRange(text, cut, text.length), 0))
                    .isEmpty();

            assertThat(take(parts, alphabet, 9, false)).containsExactly('a', 'é', ' ', 260, ' ', 261, 262, 263, 261);
            assertThat(alphabet.characters()).containsExactly('–', '日', '本', 0x1F99C);
        }
    }

    @Test
    void bytesThatNeverBecomeUtf8MakeNoAlphabetGrow() {
        Alphabet alphabet = Alphabet.of(CodePoints.NAME, 512);
        byte[] dead = stream.read(alphabet, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80, 'a', (byte) 0xE6}, 0);

        assertThat(dead).as("half a character of UTF-16").containsExactly(0xED, 0xA0, 0x80);
        assertThat(stream.endText(0)).containsExactly(0xE6);
        assertThat(alphabet.characters()).isEmpty();
        assertThat(take(stream, alphabet, 2, false)).containsExactly('a', EOT);
    }

    @Test
    void inCodePointsEveryByteIsPendingLearnedOrDeadAlsoThoseOfUnknownCharacters() throws IOException {
        Random random = new Random(1);
        Alphabet alphabet = Alphabet.of(CodePoints.NAME, 263);
        Stream mixed = stream;
        long accepted = 0;
        long gone = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextInt(9)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                bytes = "é€x🦜ж花🦉".substring(random.nextInt(3)).getBytes(StandardCharsets.UTF_8);
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            }
            accepted += bytes.length;
            gone += mixed.read(alphabet, bytes, 0).length;
            if (random.nextInt(10) == 0) {
                gone += mixed.endText(0).length;
            }
            for (int target : take(mixed, alphabet, random.nextInt(mixed.available() + 1), false)) {
                gone += alphabet.bytes(target);
            }
            mixed = writtenAndRead(mixed);

            assertThat(mixed.pendingBytes() + gone).isEqualTo(accepted);
        }
    }

    @Test
    void anEndOfTextStandsBetweenTwoTexts() {
        read("a");
        stream.endText(0);
        read("b");

        assertThat(targets(3)).containsExactly('a', EOT, 'b');
    }

    @Test
    void aTextWithoutASymbolLeavesNoEndOfText() {
        stream.endText(0);
        stream.endText(0);

        assertThat(stream.available()).isZero();
    }

    @Test
    void whenAStreamEndsItsRestIsLearnedAndItsStateDropped() {
        read("ab");
        stream.end(0);
        assertThat(stream.ending()).isTrue();
        stream.state(1)[0] = 7;

        assertThat(targets(3)).containsExactly('a', 'b', EOT);
        assertThat(stream.finished()).isTrue();
    }

    @Test
    void textBehindAnEndBelongsToANewStreamOfTheSameName() {
        read("a");
        stream.end(0);
        read("b");

        assertThat(stream.available()).isEqualTo(2);
        stream.state(1)[0] = 7;
        targets(2);
        assertThat(stream.state(1)[0]).isZero();
        assertThat(inputs(1)).containsExactly(EOT);
    }

    @Test
    void endingTwiceIsEndingOnce() {
        read("a");
        stream.end(0);
        stream.end(0);

        assertThat(targets(2)).containsExactly('a', EOT);
        assertThat(stream.finished()).isTrue();
    }

    @Test
    void isForgottenOnceWhenItsEndIsLearned() {
        read("a");
        stream.endAndForget(0);
        read("b");
        assertThat(stream.takeForgotten()).isFalse();

        targets(2);
        assertThat(stream.takeForgotten()).isTrue();
        assertThat(stream.takeForgotten()).isFalse();
    }

    @Test
    void isForgottenAtOnceWhereEverythingIsLearned() {
        stream.endAndForget(0);

        assertThat(stream.takeForgotten()).isTrue();
    }

    @Test
    void isNotForgottenWithAnotherEndUnlessOneThatForgetsFollows() {
        read("a");
        stream.end(0);
        targets(2);
        assertThat(stream.takeForgotten()).isFalse();

        read("b");
        stream.end(0);
        stream.endAndForget(0);
        targets(2);
        assertThat(stream.takeForgotten()).isTrue();
    }

    @Test
    void knowsHowOldItsOldestPendingSymbolIs() {
        stream.read(Bytes.ALPHABET, new byte[] {'a', 'b'}, 10);
        stream.read(Bytes.ALPHABET, new byte[] {'c'}, 20);

        assertThat(stream.oldestTimestamp()).isEqualTo(10);
        targets(2);
        assertThat(stream.oldestTimestamp()).isEqualTo(20);
    }

    @Test
    void goesOnAfterBeingWrittenAndReadAsIfItHadNot() throws IOException {
        stream.read(Bytes.ALPHABET, "abcde\u20ac".getBytes(StandardCharsets.UTF_8), 5);
        stream.state(2)[1] = 3;
        targets(2);
        stream.endText(6);
        stream.read(Bytes.ALPHABET, new byte[] {'x', (byte) 0xE2}, 7);
        stream.endAndForget(8);
        stream.read(Bytes.ALPHABET, new byte[] {'y', (byte) 0xE2, (byte) 0x82}, 9);
        stream.records().arrived(part(0, false), 10);
        stream.records().arrived(part(1, true), 11);
        stream.setTurn(11);
        stream.setUse(12);

        Stream other = writtenAndRead(stream);

        assertThat(other)
                .usingRecursiveComparison()
                .ignoringFields("pending", "records")
                .isEqualTo(stream);
        assertThat(written(other)).isEqualTo(written(stream));
        assertThat(take(other, other.available(), false)).isEqualTo(targets(stream.available()));
    }

    @Test
    void aStreamIsNotForgottenWithinARecord() {
        stream.records().arrived(part(0, false), 0);
        assertThat(stream.finished()).isFalse();
        stream.records().giveUpAll();
        assertThat(stream.finished()).isTrue();
    }

    @Test
    void textThatWaitsForTheEndOfAnotherRecordIsPending() {
        stream.records().arrived(part(0, false), 0);
        stream.records().arrived(part(1, true), 1);

        assertThat(stream.pendingBytes()).isEqualTo(4);
        assertThat(stream.available()).isZero();
    }

    private static RecordPart part(int partition, boolean last) {
        return new RecordPart(
                new RecordId("text", partition, 0), 0, new byte[4], RecordPart.Ending.NOTHING, true, last);
    }

    @Test
    void stateOfALaterVersionIsRefused() {
        assertThatThrownBy(() -> Stream.read(new DataInputStream(new ByteArrayInputStream(new byte[] {4, 0, 0}))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 4");
    }

    private void read(String text) {
        assertThat(stream.read(Bytes.ALPHABET, text.getBytes(StandardCharsets.UTF_8), 0))
                .isEmpty();
    }

    private int[] inputs(int steps) {
        return take(stream, steps, true);
    }

    private int[] targets(int steps) {
        return take(stream, steps, false);
    }

    private static int[] take(Stream stream, int steps, boolean inputsWanted) {
        return take(stream, Bytes.ALPHABET, steps, inputsWanted);
    }

    private static int[] take(Stream stream, Alphabet alphabet, int steps, boolean inputsWanted) {
        int[] inputs = new int[steps];
        int[] targets = new int[steps];
        stream.take(alphabet, steps, 0, 1, inputs, targets);
        stream.learned();
        return inputsWanted ? inputs : targets;
    }

    private static String textOf(Stream stream) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int symbol : take(stream, stream.available(), false)) {
            bytes.write(symbol);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static Stream writtenAndRead(Stream stream) throws IOException {
        return Stream.read(new DataInputStream(new ByteArrayInputStream(written(stream))));
    }

    private static byte[] written(Stream stream) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        stream.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
