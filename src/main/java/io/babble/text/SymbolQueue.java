package io.babble.text;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** A queue of symbols: a ring buffer that grows as needed and is released when it is empty. */
final class SymbolQueue {
    private static final char[] NONE = {};
    private static final int SMALLEST = 64;

    private char[] ring = NONE;
    private int head;
    private int size;

    int size() {
        return size;
    }

    void add(int symbol) {
        if (size == ring.length) {
            grow();
        }
        ring[(head + size) & (ring.length - 1)] = (char) symbol;
        size++;
    }

    int take() {
        int symbol = ring[head];
        head = (head + 1) & (ring.length - 1);
        size--;
        if (size == 0) {
            ring = NONE;
            head = 0;
        }
        return symbol;
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(size);
        for (int i = 0; i < size; i++) {
            out.writeChar(ring[(head + i) & (ring.length - 1)]);
        }
    }

    static SymbolQueue read(DataInput in) throws IOException {
        SymbolQueue queue = new SymbolQueue();
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            queue.add(in.readChar());
        }
        return queue;
    }

    private void grow() {
        char[] larger = new char[Math.max(SMALLEST, ring.length * 2)];
        for (int i = 0; i < size; i++) {
            larger[i] = ring[(head + i) & (ring.length - 1)];
        }
        ring = larger;
        head = 0;
    }
}
