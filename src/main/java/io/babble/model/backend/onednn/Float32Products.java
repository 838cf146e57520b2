package io.babble.model.backend.onednn;

import org.bytedeco.dnnl.global.dnnl;

/** oneDNN's products in float32, of matrices as they lie. */
record Float32Products(int parts) implements Products {
    private static final byte AS_IT_LIES = 'N';
    private static final byte TRANSPOSED = 'T';

    @Override
    public Product product(Buffers.Buffer read, int column, long rows, Factor factor, Buffers.Buffer to, boolean add) {
        byte how = factor.transposed() ? TRANSPOSED : AS_IT_LIES;
        return (from, at) -> multiply(
                AS_IT_LIES,
                how,
                rows,
                factor.n(),
                factor.k(),
                read.from(from, column),
                factor.weights(),
                to.from(at, 0),
                add);
    }

    @Override
    public Gradient gradient(Buffers.Buffer read, Buffers.Buffer outputs, Matrix to, boolean add) {
        return index -> {
            Part part = Part.of(read.columns(), outputs.columns(), index, parts);
            multiply(
                    TRANSPOSED,
                    AS_IT_LIES,
                    part.rows(),
                    part.columns(),
                    read.rows(),
                    read.from(0, part.row()),
                    outputs.from(0, part.column()),
                    to.from(part.row(), part.column()),
                    add);
        };
    }

    private static void multiply(
            byte how, byte howOther, long m, long n, long k, Matrix a, Matrix b, Matrix to, boolean add) {
        int status = dnnl.dnnl_sgemm(
                how,
                howOther,
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
