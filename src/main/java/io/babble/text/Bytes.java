package io.babble.text;

/** The {@code bytes} alphabet: one symbol for each byte of UTF-8, and one for the end of a text. */
public final class Bytes {
    public static final String NAME = "bytes";
    public static final int END_OF_TEXT = 256;
    public static final int SYMBOLS = 257;

    private Bytes() {}
}
