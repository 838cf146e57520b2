package io.babble.model.backend.onednn;

/** Makes the matrix products of one plan; a product of theirs belongs to one thread at a time. */
interface Products {
    /** Rows of one buffer times a factor, to rows of another. */
    interface Product {
        /**
         * Computes it once the buffers are bound.
         *
         * @param from first row of what is read
         * @param to first row of what is written
         */
        void compute(long from, long to);
    }

    /** The gradient of weights, cut for several threads. */
    interface Gradient {
        /** Computes a part of it, after every product that read the two buffers. */
        void compute(int part);
    }

    /**
     * Some rows and columns of a gradient. It is cut across its longer side, so that the parts read as little as possible that
     * others read, too.
     */
    record Part(int row, int rows, int column, int columns) {
        /** One of the parts of a gradient {@code (rows, columns)}; empty where there are more of them than rows or columns. */
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
     * A product {@code (rows, n)}, or one that is added to what is there.
     *
     * @param read its columns from {@code column} on are multiplied {@code (·, k)}
     * @param to {@code (·, n)}
     */
    Product product(Buffers.Buffer read, int column, long rows, Factor factor, Buffers.Buffer to, boolean add);

    /**
     * The product readᵀ × outputs, or that is added to what is there.
     *
     * @param read all of it {@code (rows, m)}
     * @param outputs all of it {@code (rows, n)}, the gradient of what was made of it
     * @param to {@code (m, n)}
     */
    Gradient gradient(Buffers.Buffer read, Buffers.Buffer outputs, Matrix to, boolean add);
}
