package io.babble.model;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A float32 matrix outside the heap, or some columns of a wider one.
 *
 * @param start its first element
 * @param stride floats from one row to the next
 */
record Matrix(FloatPointer start, long stride) {
    private static final byte AS_IT_LIES = 'N';
    private static final byte TRANSPOSED = 'T';

    /** This {@code (m, n)} becomes a × b, {@code a (m, k)}, {@code b (k, n)}. */
    void product(long m, long n, long k, Matrix a, Matrix b) {
        multiply(AS_IT_LIES, AS_IT_LIES, m, n, k, a, b, 0);
    }

    /** a × b is added to this {@code (m, n)}, {@code a (m, k)}, {@code b (k, n)}. */
    void addProduct(long m, long n, long k, Matrix a, Matrix b) {
        multiply(AS_IT_LIES, AS_IT_LIES, m, n, k, a, b, 1);
    }

    /** This {@code (m, n)} becomes aᵀ × b, or that is added to it, {@code a (k, m)}, {@code b (k, n)}. */
    void productOfTransposed(long m, long n, long k, Matrix a, Matrix b, boolean add) {
        multiply(TRANSPOSED, AS_IT_LIES, m, n, k, a, b, add ? 1 : 0);
    }

    /** This {@code (m, n)} becomes a × bᵀ, {@code a (m, k)}, {@code b (n, k)}. */
    void productWithTransposed(long m, long n, long k, Matrix a, Matrix b) {
        multiply(AS_IT_LIES, TRANSPOSED, m, n, k, a, b, 0);
    }

    private void multiply(byte how, byte howOther, long m, long n, long k, Matrix a, Matrix b, float keep) {
        int status =
                dnnl.dnnl_sgemm(how, howOther, m, n, k, 1, a.start, a.stride, b.start, b.stride, keep, start, stride);
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException(
                    "oneDNN has no product of " + m + " × " + k + " × " + n + ": status " + status);
        }
    }
}
