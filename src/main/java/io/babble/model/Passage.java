package io.babble.model;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** Successive symbols of one stream; the first is the input that precedes the first target. */
final class Passage {
    /** Most symbols of a passage. */
    static final int CAPACITY = 1024;

    private static final int FIRST_ALLOCATION = 64;

    private final long streamId;
    private char[] symbols;
    private int length;

    /** A passage of the stream with this id that begins with this input. */
    Passage(long streamId, int input) {
        this.streamId = streamId;
        symbols = new char[FIRST_ALLOCATION];
        add(input);
    }

    private Passage(long streamId, char[] symbols) {
        this.streamId = streamId;
        this.symbols = symbols;
        length = symbols.length;
    }

    /** Stands for the stream's name, see {@link ReplayBuffer}. */
    long streamId() {
        return streamId;
    }

    int length() {
        return length;
    }

    boolean isFull() {
        return length == CAPACITY;
    }

    int symbol(int position) {
        return symbols[position];
    }

    int newest() {
        return symbols[length - 1];
    }

    void add(int symbol) {
        if (length == symbols.length) {
            symbols = Arrays.copyOf(symbols, 2 * length);
        }
        symbols[length++] = (char) symbol;
    }

    /** Releases spare room. */
    void trim() {
        symbols = Arrays.copyOf(symbols, length);
    }

    /** A copy without spare room. */
    Passage copy() {
        return new Passage(streamId, Arrays.copyOf(symbols, length));
    }

    /** Writes the symbols; the stream is up to the caller. */
    void write(DataOutput out) throws IOException {
        out.writeInt(length);
        for (int i = 0; i < length; i++) {
            out.writeChar(symbols[i]);
        }
    }

    static Passage read(long streamId, DataInput in) throws IOException {
        char[] symbols = new char[in.readInt()];
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = in.readChar();
        }
        return new Passage(streamId, symbols);
    }
}
