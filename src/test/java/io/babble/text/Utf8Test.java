package io.babble.text;

import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8Test {

    @Test
    void acceptsEveryCodePoint() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
                if (!accepts(bytes)) {
                    fail("U+%04X".formatted(codePoint));
                }
            }
        }
    }

    @Test
    void agreesWithTheJdkOnEverySequenceOfThreeBytes() {
        for (int sequence = 0; sequence < 1 << 24; sequence += 61) {
            byte[] bytes = {(byte) (sequence >> 16), (byte) (sequence >> 8), (byte) sequence};
            if (accepts(bytes) != acceptedByTheJdk(bytes)) {
                fail("%06X".formatted(sequence));
            }
        }
    }

    private static boolean accepts(byte[] bytes) {
        int state = Utf8.START;
        for (byte value : bytes) {
            state = Utf8.next(state, value & 0xFF);
            if (state == Utf8.REJECT) {
                return false;
            }
        }
        return state == Utf8.START;
    }

    private static boolean acceptedByTheJdk(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
