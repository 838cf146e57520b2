package io.babble.model.backend.onednn;

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
    /** Rows so far apart, or a multiple, share few places in the CPU's caches; products that go down a column wait for memory. */
    private static final int FAR_FLOATS = 256;

    private final List<Buffer> buffers = new ArrayList<>();
    private long length;

    /** A place in the vector, for rows of {@code columns} floats. */
    static final class Buffer {
        private final long offset;
        private final long rows;
        private final int columns;
        private final int stride;
        private FloatPointer start;
        private FloatBuffer floats;

        private Buffer(long offset, long rows, int columns, int stride) {
            this.offset = offset;
            this.rows = rows;
            this.columns = columns;
            this.stride = stride;
        }

        long rows() {
            return rows;
        }

        int columns() {
            return columns;
        }

        /** Floats from one row to the next. */
        int stride() {
            return stride;
        }

        /** What begins there, oneDNN's view. */
        Matrix from(long row, int column) {
            return new Matrix(start, stride).from(row, column);
        }

        /** Overwrites {@code to} with a part of a row. */
        void get(int row, int column, float[] to) {
            floats.get(row * stride + column, to);
        }

        /** Overwrites a part of a row. */
        void put(int row, int column, float[] from) {
            floats.put(row * stride + column, from);
        }

        /** Overwrites a part of a row with {@code length} values. */
        void put(int row, int column, float[] from, int at, int length) {
            floats.put(row * stride + column, from, at, length);
        }

        private long length() {
            return lines(rows * stride);
        }

        private void bind(NativeVector vector) {
            start = vector.at(offset);
            floats = vector.floats(offset, Math.toIntExact(length()));
        }
    }

    /** Floats from one row to the next where each begins at a cache line, and few share places in the caches. */
    static int stride(int columns) {
        int lines = Math.toIntExact(lines(columns));
        return sharePlaces(lines) ? lines + LINE_FLOATS : lines;
    }

    /** Whether rows so far apart share places in the caches. */
    static boolean sharePlaces(int stride) {
        return stride % FAR_FLOATS == 0;
    }

    /** Rows that begin at cache lines of their own. */
    Buffer reserve(long rows, int columns) {
        return reserve(rows, columns, stride(columns));
    }

    /** Rows without anything in between. */
    Buffer reserveDense(long rows, int columns) {
        return reserve(rows, columns, columns);
    }

    private Buffer reserve(long rows, int columns, int stride) {
        Buffer buffer = new Buffer(length, rows, columns, stride);
        buffers.add(buffer);
        length += buffer.length();
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

    private static long lines(long floats) {
        return (floats + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
    }
}
