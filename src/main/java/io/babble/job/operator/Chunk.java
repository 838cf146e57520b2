package io.babble.job.operator;

/**
 * A part of a set of weights on its way to the writers.
 *
 * @param version training step of the model
 * @param number of this part, from 0
 * @param count of all parts
 * @param bytes of {@link io.babble.model.ModelCodec}
 */
public record Chunk(long version, int number, int count, byte[] bytes) {
    /** Most bytes of a part, so that none keeps a barrier waiting. */
    public static final int MAX_BYTES = 256 << 10;
}
