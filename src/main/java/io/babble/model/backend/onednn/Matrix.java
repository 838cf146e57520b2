package io.babble.model.backend.onednn;

import org.bytedeco.javacpp.FloatPointer;

/**
 * A float32 matrix outside the heap, or some columns of a wider one.
 *
 * @param start its first element
 * @param stride floats from one row to the next
 */
record Matrix(FloatPointer start, long stride) {
    /** What begins there. */
    Matrix from(long row, long column) {
        return new Matrix(start.getPointer(row * stride + column), stride);
    }
}
