package io.babble.model;

/**
 * What a backend will compute. It reserves the memory for this when it is created, or fails then.
 *
 * @param lanes N, most lanes of a window, or texts that are decoded in one batch
 * @param steps T, most steps of a window; 1 for decoding
 * @param learning whether it is trained; for decoding alone there is neither gradient nor moments
 * @param precision of its matrix products
 * @param mostBytes limit of the memory outside the heap of all backends of this process together
 */
public record Work(int lanes, int steps, boolean learning, Precision precision, long mostBytes) {}
