package io.babble.text;

/** The {@code bytes} alphabet: one symbol for each byte of UTF-8, and one for the end of a text. */
public final class Bytes implements Alphabet {
    public static final String NAME = "bytes";
    public static final int SYMBOLS = 257;
    public static final Bytes ALPHABET = new Bytes();

    private Bytes() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int symbols() {
        return SYMBOLS;
    }

    @Override
    public int[] characters() {
        return new int[0];
    }

    @Override
    public int symbolAt(byte[] utf8, int at) {
        return utf8[at] & 0xFF;
    }

    @Override
    public int bytes(int symbol) {
        return symbol == END_OF_TEXT ? 0 : 1;
    }

    @Override
    public boolean beginsCharacter(int symbol) {
        return Utf8.beginsCharacter(symbol);
    }

    @Override
    public boolean mayFollow(int utf8, int symbol) {
        return symbol < END_OF_TEXT && Utf8.next(utf8, symbol) != Utf8.REJECT;
    }

    @Override
    public byte[] utf8(int symbol) {
        return new byte[] {(byte) symbol};
    }
}
