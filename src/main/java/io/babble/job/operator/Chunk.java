package io.babble.job.operator;

/**
 * A part of the weights that are sent to the writers.
 *
 * @param version training steps of the model
 * @param number of this part, from 0
 * @param count number of parts
 * @param bytes some of those that {@link io.babble.model.ModelCodec} writes
 */
public record Chunk(long version, int number, int count, byte[] bytes) {
    /** Most bytes of a part, so that a barrier behind one does not wait for long. */
    public static final int MAX_BYTES = 256 << 10;
}
