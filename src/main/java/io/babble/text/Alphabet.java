package io.babble.text;

/**
 * What symbols stand for. Text becomes symbols where it arrives; from there on everything moves symbols, and an alphabet says what
 * they are. Symbols below 256 are those that need no list, 256 is end-of-text everywhere.
 *
 * <p>One that grows only appends: a symbol never changes what it stands for. Belongs to one thread at a time.
 */
public interface Alphabet {
    int END_OF_TEXT = 256;

    /** A new one, by its name. */
    static Alphabet of(String name, int symbols) {
        return of(name, symbols, new int[0]);
    }

    /**
     * The alphabet that was {@linkplain #characters() described} so.
     *
     * @param symbols V, most symbols that it may have; those of {@code bytes} are always the same
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

    /** Whether a symbol stands for any character that had no place any more: nothing can be learned from it as a target. */
    static boolean isUnknown(int symbol) {
        return symbol > END_OF_TEXT && symbol < CodePoints.FIRST;
    }

    String name();

    /** V, most symbols that it may have. */
    int symbols();

    /** The code points of the symbols that follow each other behind those that every text has. */
    int[] characters();

    /** The symbol that begins at a place of well-formed UTF-8; it covers {@link #bytes} of it. */
    int symbolAt(byte[] utf8, int at);

    /** As {@link #symbolAt}, but a character that is not known yet becomes known while there is place. */
    default int learnAt(byte[] utf8, int at) {
        return symbolAt(utf8, at);
    }

    /** Bytes of text that a symbol stands for; 0 for end-of-text. */
    int bytes(int symbol);

    /** Whether a character begins with a symbol of text. */
    boolean beginsCharacter(int symbol);

    /**
     * Whether a symbol may be written as text.
     *
     * @param utf8 state of {@link Utf8} behind what is written
     */
    boolean mayFollow(int utf8, int symbol);

    /** The bytes of UTF-8 of a symbol that may be written as text. */
    byte[] utf8(int symbol);

    /** One that does not grow with this one. */
    default Alphabet copy() {
        return this;
    }
}
