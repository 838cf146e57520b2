package io.babble.text;

/**
 * The automaton that accepts well-formed UTF-8 and nothing else (The Unicode Standard, table 3-7): no overlong forms,
 * no surrogates, nothing above U+10FFFF.
 *
 * <p>A state is a small number, {@link #START} between two characters.
 */
public final class Utf8 {
    public static final int START = 0;
    public static final int REJECT = -1;

    private static final int ONE_MORE = 1;
    private static final int TWO_MORE = 2;
    private static final int THREE_MORE = 3;
    private static final int AFTER_E0 = 4;
    private static final int AFTER_ED = 5;
    private static final int AFTER_F0 = 6;
    private static final int AFTER_F4 = 7;

    private Utf8() {}

    /** The state after {@code value} (0 to 255), or {@link #REJECT} where no well-formed text continues like this. */
    public static int next(int state, int value) {
        return switch (state) {
            case START -> lead(value);
            case ONE_MORE -> within(value, 0x80, 0xBF, START);
            case TWO_MORE -> within(value, 0x80, 0xBF, ONE_MORE);
            case THREE_MORE -> within(value, 0x80, 0xBF, TWO_MORE);
            case AFTER_E0 -> within(value, 0xA0, 0xBF, ONE_MORE);
            case AFTER_ED -> within(value, 0x80, 0x9F, ONE_MORE);
            case AFTER_F0 -> within(value, 0x90, 0xBF, TWO_MORE);
            case AFTER_F4 -> within(value, 0x80, 0x8F, TWO_MORE);
            default -> throw new IllegalArgumentException("No such state of the UTF-8 automaton: " + state);
        };
    }

    /** Whether a byte of well-formed text begins a character: the characters of a text are counted by these. */
    public static boolean beginsCharacter(int value) {
        return (value & 0xC0) != 0x80;
    }

    /** The character at a position of well-formed text. */
    static int codePoint(byte[] text, int at) {
        int length = Integer.numberOfLeadingZeros(~text[at] << 24); // 0 for a character of one byte
        int codePoint = text[at] & (0x7F >> length);
        for (int i = 1; i < length; i++) {
            codePoint = (codePoint << 6) | (text[at + i] & 0x3F);
        }
        return codePoint;
    }

    private static int lead(int value) {
        if (value < 0x80) {
            return START;
        }
        if (value < 0xC2 || value > 0xF4) {
            return REJECT;
        }
        return switch (value) {
            case 0xE0 -> AFTER_E0;
            case 0xED -> AFTER_ED;
            case 0xF0 -> AFTER_F0;
            case 0xF4 -> AFTER_F4;
            default -> value < 0xE0 ? ONE_MORE : value < 0xF0 ? TWO_MORE : THREE_MORE;
        };
    }

    private static int within(int value, int low, int high, int next) {
        return value >= low && value <= high ? next : REJECT;
    }
}
