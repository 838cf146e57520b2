package io.babble.model;

/**
 * Which outputs of a layer are dropped in one training step, for the layer above and the softmax. A pure function of
 * the seed of the step, so that every backend drops the same outputs.
 *
 * <p>Inverted dropout (Srivastava et al., JMLR 15, 2014, section 10): what is kept is scaled by 1 / (1 − p), so that
 * reading without dropout needs no scaling.
 */
public final class DropoutMask {
    private static final int BITS = 24;

    private DropoutMask() {}

    /**
     * Fills {@code mask}, in the order {@code (T, N, H)}, with 0 or 1 / (1 − p).
     *
     * @param layer the layer whose outputs are dropped, from 0
     */
    public static void fill(float[] mask, long seed, int layer, double probability) {
        long layerSeed = SplitMix64.bits(seed, layer);
        long dropped = Math.round(probability * (1 << BITS));
        float kept = (float) (1 / (1 - probability));
        for (int i = 0; i < mask.length; i++) {
            mask[i] = SplitMix64.bits(layerSeed, i) >>> (Long.SIZE - BITS) < dropped ? 0 : kept;
        }
    }
}
