package io.babble.model;

/** What the factors of matrix products are rounded to; sums, weights, cells, loss and optimizer are float32 in any case. */
public enum Precision {
    FLOAT32,
    /** 8 bits of mantissa instead of 24, on a CPU that has instructions for it. */
    BFLOAT16
}
