package io.babble.model;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The buffers of one plan, laid out one after another without memory of their own. Plans run one at a time and keep nothing
 * between runs, so all of them are bound to the same vector: memory is that of the largest plan, not of all.
 */
final class Buffers {
    private static final int LINE_FLOATS = 16;

    private final List<Buffer> buffers = new ArrayList<>();
    private long length;

    /** A place in the vector, for rows of {@code columns} floats. */
    static final class Buffer {
        private final long offset;
        private final long rows;
        private final int columns;
        private FloatPointer start;
        private FloatBuffer floats;

        private Buffer(long offset, long rows, int columns) {
            this.offset = offset;
            this.rows = rows;
            this.columns = columns;
        }

        long rows() {
            return rows;
        }

        int columns() {
            return columns;
        }

        /** What begins there, oneDNN's view. */
        Matrix from(long row, int column) {
            return new Matrix(start.getPointer(row * columns + column), columns);
        }

        /** Overwrites {@code to} with a part of a row. */
        void get(int row, int column, float[] to) {
            floats.get(row * columns + column, to);
        }

        /** Overwrites a part of a row. */
        void put(int row, int column, float[] from) {
            floats.put(row * columns + column, from);
        }

        /** Overwrites a part of a row with {@code length} values. */
        void put(int row, int column, float[] from, int at, int length) {
            floats.put(row * columns + column, from, at, length);
        }

        private void bind(NativeVector vector) {
            start = vector.at(offset);
            floats = vector.floats(offset, Math.toIntExact(rows * columns));
        }
    }

    Buffer reserve(long rows, int columns) {
        Buffer buffer = new Buffer(length, rows, columns);
        buffers.add(buffer);
        length += (rows * columns + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
        return buffer;
    }

    /** Floats that {@link #bind} needs. */
    long length() {
        return length;
    }

    void bind(NativeVector vector) {
        for (Buffer buffer : buffers) {
            buffer.bind(vector);
        }
    }
}
