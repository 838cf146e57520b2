package io.babble.model.backend.onednn;

import org.bytedeco.javacpp.FloatPointer;

/**
 * A float32 matrix outside the heap, or a part of a larger one.
 *
 * @param start its first element
 * @param stride floats from the start of one row to that of the next
 */
record Matrix(FloatPointer start, long stride) {
    /** The part of the matrix that begins there. */
    Matrix from(long row, long column) {
        return new Matrix(start.getPointer(row * stride + column), stride);
    }
}
