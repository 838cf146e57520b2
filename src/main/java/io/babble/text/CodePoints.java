package io.babble.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The {@code code-points} alphabet: one symbol for each character. The symbol of a Latin-1 character is its code point;
 * other characters are numbered in order of their first appearance, from {@value #FIRST} up to V. A character that does
 * not fit any more is one of three unknown symbols, by the length of its UTF-8: 257 for 2 bytes, 258 for 3 and 259 for
 * 4.
 */
public final class CodePoints implements Alphabet {
    public static final String NAME = "code-points";
    /** Symbols are stored as {@code char}. */
    public static final int MOST_SYMBOLS = Character.MAX_VALUE;

    static final int FIRST = 260;
    private static final int BEFORE_UNKNOWN = END_OF_TEXT - 1; // an unknown character has 2 bytes or more

    private final int symbols;
    private final Map<Integer, Integer> known = new HashMap<>();
    private final int[] characters;

    /**
     * An alphabet that already has these characters.
     *
     * @param symbols V
     * @throws IllegalArgumentException if there are more than V symbols, or the characters are not distinct ones beyond
     *     Latin-1
     */
    CodePoints(int symbols, int[] characters) {
        if (symbols > MOST_SYMBOLS || characters.length > symbols - FIRST) {
            throw new IllegalArgumentException("Expected at most " + MOST_SYMBOLS + " symbols, " + FIRST
                    + " of them for other things, found " + symbols + " for " + characters.length + " characters");
        }
        this.symbols = symbols;
        this.characters = new int[symbols - FIRST];
        for (int character : characters) {
            boolean valid = character >= END_OF_TEXT
                    && Character.isValidCodePoint(character)
                    && Character.getType(character) != Character.SURROGATE;
            if (!valid || known.containsKey(character)) {
                throw new IllegalArgumentException(
                        "Expected different characters beyond Latin-1, found " + Integer.toHexString(character));
            }
            add(character);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int symbols() {
        return symbols;
    }

    @Override
    public int[] characters() {
        return Arrays.copyOf(characters, known.size());
    }

    @Override
    public int symbolAt(byte[] utf8, int at) {
        int character = Utf8.codePoint(utf8, at);
        return character < END_OF_TEXT ? character : known.getOrDefault(character, BEFORE_UNKNOWN + length(character));
    }

    @Override
    public int learnAt(byte[] utf8, int at) {
        int symbol = symbolAt(utf8, at);
        return Alphabet.isUnknown(symbol) && known.size() < characters.length ? add(Utf8.codePoint(utf8, at)) : symbol;
    }

    @Override
    public int bytes(int symbol) {
        if (symbol == END_OF_TEXT) {
            return 0;
        }
        return Alphabet.isUnknown(symbol) ? symbol - BEFORE_UNKNOWN : length(character(symbol));
    }

    @Override
    public boolean beginsCharacter(int symbol) {
        return true;
    }

    @Override
    public boolean mayFollow(int utf8, int symbol) {
        return symbol < END_OF_TEXT || (symbol >= FIRST && symbol < FIRST + known.size());
    }

    @Override
    public byte[] utf8(int symbol) {
        return Character.toString(character(symbol)).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Alphabet copy() {
        return new CodePoints(symbols, characters());
    }

    private int add(int character) {
        int symbol = FIRST + known.size();
        characters[known.size()] = character;
        known.put(character, symbol);
        return symbol;
    }

    private int character(int symbol) {
        return symbol < FIRST ? symbol : characters[symbol - FIRST];
    }

    private static int length(int character) {
        if (character < 0x80) {
            return 1;
        }
        return character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    }
}
