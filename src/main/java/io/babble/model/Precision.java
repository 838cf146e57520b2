package io.babble.model;

/**
 * The type of the factors of matrix products; accumulation, weights, cell state, loss and optimizer are always float32.
 */
public enum Precision {
    FLOAT32,
    /** 8 significant bits instead of 24; needs a CPU with instructions for it. */
    BFLOAT16
}
