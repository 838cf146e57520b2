package io.babble.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CodePointsTest {
    private final Alphabet alphabet = Alphabet.of(CodePoints.NAME, 263);

    @Test
    void latin1IsItsOwnSymbolsAndTakesNoPlace() {
        for (int character = 0; character < 256; character++) {
            assertThat(alphabet.symbolAt(utf8(character), 0)).isEqualTo(character);
            assertThat(alphabet.bytes(character)).isEqualTo(utf8(character).length);
        }
        assertThat(alphabet.characters()).isEmpty();
    }

    @Test
    void othersGetSymbolsInTheOrderInWhichTheyFirstAppear() {
        assertThat(learn("春Ж春🦜")).containsExactly(260, 261, 260, 262);
        assertThat(alphabet.characters()).containsExactly('春', 'Ж', 0x1F99C);
    }

    @Test
    void beyondTheCapacityACharacterIsUnknownByItsBytes() {
        learn("春Ж🦜");

        assertThat(learn("Я花🦉é春")).containsExactly(257, 258, 259, 'é', 260);
        assertThat(alphabet.characters()).hasSize(3);
        for (int symbol = 257; symbol < 260; symbol++) {
            assertThat(Alphabet.isUnknown(symbol)).isTrue();
            assertThat(alphabet.bytes(symbol)).isEqualTo(symbol - 255);
        }
        assertThat(Alphabet.isUnknown(256)).isFalse();
        assertThat(Alphabet.isUnknown(260)).isFalse();
    }

    @Test
    void whoOnlyLooksACharacterUpDoesNotMakeItKnown() {
        assertThat(alphabet.symbolAt(utf8('春'), 0)).isEqualTo(258);
        assertThat(alphabet.characters()).isEmpty();
    }

    @Test
    void everyCharacterComesBackFromItsSymbol() {
        Alphabet large = Alphabet.of(CodePoints.NAME, CodePoints.MOST_SYMBOLS);
        for (int character = 0; character <= Character.MAX_CODE_POINT; character += character < 0x3000 ? 1 : 17) {
            if (character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE) {
                byte[] bytes = utf8(character);
                int symbol = large.learnAt(bytes, 0);
                if (!Alphabet.isUnknown(symbol)) {
                    assertThat(large.utf8(symbol)).isEqualTo(bytes);
                }
                if (large.bytes(symbol) != bytes.length) {
                    fail("U+%04X".formatted(character));
                }
            }
        }
        assertThat(large.characters()).hasSize(65_535 - 260);
    }

    @Test
    void onlyKnownCharactersMayBeWritten() {
        learn("春");

        assertThat(IntStream.range(0, 263).filter(symbol -> !alphabet.mayFollow(Utf8.START, symbol)))
                .containsExactly(256, 257, 258, 259, 261, 262);
    }

    @Test
    void aCopyGoesItsOwnWay() {
        learn("春");
        Alphabet copy = alphabet.copy();
        copy.learnAt(utf8('Ж'), 0);

        assertThat(copy.characters()).containsExactly('春', 'Ж');
        assertThat(learn("花春")).containsExactly(261, 260);
        assertThat(copy.symbolAt(utf8('花'), 0)).isEqualTo(258);
    }

    @Test
    void whatIsNoCharacterBeyondLatin1IsNeverOneOfThem() {
        for (int[] characters :
                new int[][] {{0xD800}, {0xDFFF}, {0xFF}, {-1}, {0x110000}, {'春', '春'}, {1000, 1001, 1002, 1003}}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Alphabet.of(CodePoints.NAME, 263, characters));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Alphabet.of(Bytes.NAME, 257, new int[] {'春'}));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Alphabet.of("runes", 257))
                .withMessageContaining("bytes or code-points, found runes");
    }

    @Test
    void aWindowsContentIsCountedInBytesAndCharactersWhateverTheAlphabet() {
        learn("春Ж🦜");
        int end = Alphabet.END_OF_TEXT;
        Window window = new Window(1, 7, new int[7], new int[] {'a', 'é', 260, 257, 258, 262, end});
        byte[] text = "aé春".getBytes(StandardCharsets.UTF_8);
        int[] bytes = IntStream.range(0, text.length).map(i -> text[i] & 0xFF).toArray();

        assertThat(window.content(alphabet)).isEqualTo(new Content(15, 10, 4, 2, 1));
        assertThat(new Window(1, bytes.length, new int[bytes.length], bytes).content(Bytes.ALPHABET))
                .isEqualTo(new Content(6, 6, 3, 0, 0));
    }

    private int[] learn(String text) {
        return text.codePoints()
                .map(character -> alphabet.learnAt(utf8(character), 0))
                .toArray();
    }

    private static byte[] utf8(int character) {
        return Character.toString(character).getBytes(StandardCharsets.UTF_8);
    }
}
