package io.babble.model.backend.onednn;

/** Creates the matrix products of one plan. A product belongs to one thread at a time. */
interface Products {
    /** Rows of one buffer times a factor, written to rows of another. */
    interface Product {
        /**
         * Computes the product; the buffers have to be bound.
         *
         * @param from first row that is read
         * @param to first row that is written
         */
        void compute(long from, long to);
    }

    /** The gradient of weights, cut into parts for several threads. */
    interface Gradient {
        /** Computes one part, after the products that read the two buffers. */
        void compute(int part);
    }

    /**
     * Some rows and columns of a gradient. The longer side is cut, so that parts read as little of the same data as
     * possible.
     */
    record Part(int row, int rows, int column, int columns) {
        /**
         * One of the parts of a gradient {@code (rows, columns)}; empty if there are more parts than rows or columns.
         */
        static Part of(int rows, int columns, int part, int parts) {
            int longer = Math.max(rows, columns);
            int from = Math.toIntExact((long) longer * part / parts);
            int length = Math.toIntExact((long) longer * (part + 1) / parts) - from;
            return rows > columns ? new Part(from, length, 0, columns) : new Part(0, rows, from, length);
        }

        boolean isEmpty() {
            return rows == 0 || columns == 0;
        }
    }

    /**
     * A product {@code (rows, n)}.
     *
     * @param read the first factor is its columns from {@code column} on {@code (·, k)}
     * @param to {@code (·, n)}
     * @param add whether the product is added to what is there
     */
    Product product(Buffers.Buffer read, int column, long rows, Factor factor, Buffers.Buffer to, boolean add);

    /**
     * The product readᵀ × outputs.
     *
     * @param read all of it {@code (rows, m)}
     * @param outputs all of it {@code (rows, n)}, the gradient of the product of {@code read}
     * @param to {@code (m, n)}
     * @param add whether the product is added to what is there
     */
    Gradient gradient(Buffers.Buffer read, Buffers.Buffer outputs, Matrix to, boolean add);
}
