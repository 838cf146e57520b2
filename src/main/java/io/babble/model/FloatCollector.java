package io.babble.model;

import java.nio.FloatBuffer;
import java.util.Arrays;

/** Collects a known number of values, but allocates memory only as they arrive. */
final class FloatCollector {
    /** Enough for most models: when the array grows, old and new one exist at the same time. */
    private static final int FIRST = 1 << 22;

    private final int expected;
    private float[] values;
    private int length;

    FloatCollector(int expected) {
        this.expected = expected;
        values = new float[Math.min(expected, FIRST)];
    }

    void add(FloatBuffer more) {
        int after = Math.addExact(length, more.remaining());
        if (after > values.length) {
            values = Arrays.copyOf(values, (int) Math.min(expected, Math.max(after, 2L * values.length)));
        }
        more.get(values, length, after - length);
        length = after;
    }

    /** All values; as many as expected must have arrived. */
    float[] toArray() {
        if (length != expected) {
            throw new IllegalStateException("Expected " + expected + " values, have " + length);
        }
        return values;
    }
}
