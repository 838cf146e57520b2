package io.babble.model.backend.onednn;

import org.bytedeco.dnnl.global.dnnl;

/**
 * oneDNN's products in float32.
 *
 * @param weights whose copies are multiplied instead of the weights where their layout makes products slow: up to twice
 *     as fast
 * @param parts number of parts that each gradient is cut into
 * @param learning whether the same weights are read many times in a row and stay in the cache; otherwise they come from
 *     memory each time
 */
record Float32Products(CopiedWeights weights, int parts, boolean learning) implements Products {
    private static final byte NOT_TRANSPOSED = 'N';
    private static final byte TRANSPOSED = 'T';
    /** With fewer rows a product is bound by loading the weights from memory, which is fastest where they are dense. */
    private static final int MANY_ROWS = 16;

    @Override
    public Product product(Buffers.Buffer read, int column, long rows, Factor factor, Buffers.Buffer to, boolean add) {
        boolean competes = Buffers.competeForCache(factor.n()) && (learning || rows >= MANY_ROWS);
        Matrix multiplied = factor.transposed() || competes ? copy(factor) : factor.weights();
        return (from, at) -> multiply(
                NOT_TRANSPOSED, rows, factor.n(), factor.k(), read.from(from, column), multiplied, to.from(at, 0), add);
    }

    /** A copy with padded rows, transposed if the factor is. */
    private Matrix copy(Factor factor) {
        int stride = Buffers.stride(factor.n());
        CopiedWeights.Copied copied = weights.copy(factor, () -> OneDnn.float32(factor.k(), factor.n(), stride));
        return new Matrix(copied.start(), stride);
    }

    @Override
    public Gradient gradient(Buffers.Buffer read, Buffers.Buffer outputs, Matrix to, boolean add) {
        return index -> {
            Part part = Part.of(read.columns(), outputs.columns(), index, parts);
            multiply(
                    TRANSPOSED,
                    part.rows(),
                    part.columns(),
                    read.rows(),
                    read.from(0, part.row()),
                    outputs.from(0, part.column()),
                    to.from(part.row(), part.column()),
                    add);
        };
    }

    private static void multiply(byte transposeA, long m, long n, long k, Matrix a, Matrix b, Matrix to, boolean add) {
        int status = dnnl.dnnl_sgemm(
                transposeA,
                NOT_TRANSPOSED,
                m,
                n,
                k,
                1,
                a.start(),
                a.stride(),
                b.start(),
                b.stride(),
                add ? 1 : 0,
                to.start(),
                to.stride());
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException(
                    "oneDNN has no product of " + m + " × " + k + " × " + n + ": status " + status);
        }
    }
}
