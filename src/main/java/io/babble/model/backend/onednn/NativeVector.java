package io.babble.model.backend.onednn;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An ND4J vector of float32 outside the heap, accessible to oneDNN and to Java, and freed by {@link #close()}. */
final class NativeVector implements AutoCloseable {
    /** Alignment: a vector instruction that crosses cache lines takes twice as long. */
    private static final int LINE_FLOATS = 16;

    private final INDArray array;
    private final FloatPointer start;
    private final long length;

    /** A vector of zeros. */
    NativeVector(long length) {
        this.length = length;
        array = Nd4j.createUninitialized(DataType.FLOAT, length + LINE_FLOATS);
        FloatPointer pointer = new FloatPointer(array.data().pointer());
        long line = LINE_FLOATS * (long) Float.BYTES;
        start = pointer.getPointer(Math.floorMod(-pointer.address(), line) / Float.BYTES);
        zero(0, length);
    }

    long length() {
        return length;
    }

    /** Bytes outside the heap of a vector of this length. */
    static long bytes(long length) {
        return Math.addExact(length, LINE_FLOATS) * Float.BYTES;
    }

    /** A pointer to the element at {@code offset}, for oneDNN. */
    FloatPointer at(long offset) {
        // getPointer, not position: a void* argument would count a position in bytes.
        return start.getPointer(offset);
    }

    /** Java's view of {@code [offset, offset + length)}. */
    FloatBuffer floats(long offset, int length) {
        return start.<FloatPointer>getPointer(offset).capacity(length).asBuffer();
    }

    void zero(long offset, long length) {
        Pointer.memset(at(offset), 0, length * Float.BYTES);
    }

    @Override
    public void close() {
        if (!array.wasClosed()) {
            array.close();
        }
    }
}
