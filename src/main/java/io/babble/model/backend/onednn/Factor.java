package io.babble.model.backend.onednn;

/**
 * Weights as the second factor of a product.
 *
 * @param weights {@code (k, n)}, or {@code (n, k)} if transposed
 * @param k columns of the first factor
 * @param n columns of the product
 */
record Factor(Matrix weights, int k, int n, boolean transposed) {
    /** The same weights transposed, as the backward pass multiplies by them. */
    Factor transpose() {
        return new Factor(weights, n, k, !transposed);
    }
}
