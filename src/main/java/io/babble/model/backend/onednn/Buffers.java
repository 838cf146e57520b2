package io.babble.model.backend.onednn;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The buffers of one plan, which get consecutive places in one vector. Plans run one at a time and keep nothing between
 * runs, so all of them are bound to the same vector: it is as long as the largest plan needs.
 */
final class Buffers {
    private static final int LINE_FLOATS = 16;
    /**
     * Rows at a multiple of this stride map to the same few sets of the CPU's caches, and products that read down a
     * column miss the cache.
     */
    private static final int FAR_FLOATS = 256;

    private final List<Buffer> buffers = new ArrayList<>();
    private long length;

    /** A part of the vector with rows of {@code columns} floats. */
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

        /** Floats from the start of one row to that of the next. */
        int stride() {
            return stride;
        }

        /** The matrix that begins there, for oneDNN. */
        Matrix from(long row, int column) {
            return new Matrix(start, stride).from(row, column);
        }

        /** Copies a part of a row to {@code to}. */
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

    /** The stride with which each row begins at a cache line and the rows use all sets of the caches. */
    static int stride(int columns) {
        int lines = Math.toIntExact(lines(columns));
        return competeForCache(lines) ? lines + LINE_FLOATS : lines;
    }

    /** Whether rows of this stride compete for the same sets of the caches. */
    static boolean competeForCache(int stride) {
        return stride % FAR_FLOATS == 0;
    }

    /** A buffer whose rows are padded to {@link #stride}. */
    Buffer reserve(long rows, int columns) {
        return reserve(rows, columns, stride(columns));
    }

    /** A buffer whose rows are not padded. */
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
