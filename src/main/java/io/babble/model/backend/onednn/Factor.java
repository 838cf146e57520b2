package io.babble.model.backend.onednn;

/**
 * Weights that rows are multiplied by.
 *
 * @param weights {@code (k, n)}; where they are taken transposed {@code (n, k)}
 * @param k columns of what is multiplied
 * @param n columns of the product
 */
record Factor(Matrix weights, int k, int n, boolean transposed) {
    /** The same weights, on the way back. */
    Factor back() {
        return new Factor(weights, n, k, !transposed);
    }
}
