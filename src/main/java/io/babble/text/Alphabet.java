package io.babble.text;

/**
 * What symbols stand for. Text is converted to symbols where it arrives; everything after that moves symbols. Symbols
 * below 256 are fixed, and 256 is end-of-text in every alphabet.
 *
 * <p>An alphabet that grows only appends: the meaning of a symbol never changes. Belongs to one thread at a time.
 */
public interface Alphabet {
    int END_OF_TEXT = 256;

    /** A new alphabet of that name. */
    static Alphabet of(String name, int symbols) {
        return of(name, symbols, new int[0]);
    }

    /**
     * The alphabet with these {@link #characters()}.
     *
     * @param symbols V, most symbols that it may have; the {@code bytes} alphabet ignores it
     * @throws IllegalArgumentException if there is no such alphabet
     */
    static Alphabet of(String name, int symbols, int[] characters) {
        if (name.equals(CodePoints.NAME)) {
            return new CodePoints(symbols, characters);
        }
        if (name.equals(Bytes.NAME) && characters.length == 0) {
            return Bytes.ALPHABET;
        }
        throw new IllegalArgumentException("Expected the alphabet " + Bytes.NAME + " or " + CodePoints.NAME + ", found "
                + name + " with " + characters.length + " characters");
    }

    /**
     * Whether a symbol stands for a character that did not fit into the alphabet: as a target it has neither loss nor
     * gradient.
     */
    static boolean isUnknown(int symbol) {
        return symbol > END_OF_TEXT && symbol < CodePoints.FIRST;
    }

    String name();

    /** V, most symbols that it may have. */
    int symbols();

    /** The code points of the characters that were added, in order of their symbols. */
    int[] characters();

    /** The symbol at a position of well-formed UTF-8, which covers {@link #bytes} of it. */
    int symbolAt(byte[] utf8, int at);

    /** As {@link #symbolAt}, but adds an unknown character while there is room. */
    default int learnAt(byte[] utf8, int at) {
        return symbolAt(utf8, at);
    }

    /** Bytes of UTF-8 that a symbol stands for; 0 for end-of-text. */
    int bytes(int symbol);

    /** Whether a character begins with a symbol of text. */
    boolean beginsCharacter(int symbol);

    /**
     * Whether a symbol may be written as text.
     *
     * @param utf8 state of {@link Utf8} after what is written
     */
    boolean mayFollow(int utf8, int symbol);

    /** The bytes of UTF-8 of a symbol that may be written as text. */
    byte[] utf8(int symbol);

    /** A copy that does not grow with this one. */
    default Alphabet copy() {
        return this;
    }
}
