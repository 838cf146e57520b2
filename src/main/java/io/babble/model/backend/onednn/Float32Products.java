package io.babble.model.backend.onednn;

import org.bytedeco.dnnl.global.dnnl;

/**
 * oneDNN's products in float32.
 *
 * @param weights whose copies are read where the weights themselves lie badly: up to twice as fast
 * @param parts of each gradient
 * @param learning whether the same weights are read again and again; else they come from afar each time
 */
record Float32Products(CopiedWeights weights, int parts, boolean learning) implements Products {
    private static final byte AS_IT_LIES = 'N';
    private static final byte TRANSPOSED = 'T';
    /** Fewer rows wait for the weights to come, and oneDNN fetches best what lies dense. */
    private static final int MANY_ROWS = 16;

    @Override
    public Product product(Buffers.Buffer read, int column, long rows, Factor factor, Buffers.Buffer to, boolean add) {
        boolean crowded = Buffers.sharePlaces(factor.n()) && (learning || rows >= MANY_ROWS);
        Matrix lying = factor.transposed() || crowded ? copy(factor) : factor.weights();
        return (from, at) ->
                multiply(AS_IT_LIES, rows, factor.n(), factor.k(), read.from(from, column), lying, to.from(at, 0), add);
    }

    /** In rows apart, transposed where the factor is. */
    private Matrix copy(Factor factor) {
        int stride = Buffers.stride(factor.n());
        return new Matrix(weights.copy(factor, OneDnn.float32(factor.k(), factor.n(), stride)), stride);
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

    private static void multiply(byte how, long m, long n, long k, Matrix a, Matrix b, Matrix to, boolean add) {
        int status = dnnl.dnnl_sgemm(
                how,
                AS_IT_LIES,
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
