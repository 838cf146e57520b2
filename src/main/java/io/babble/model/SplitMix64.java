package io.babble.model;

/**
 * A small generator whose whole state is one number, so that it can be saved and gone on with.
 *
 * <p>Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014, figure 17, with the mixer of
 * {@link java.util.SplittableRandom} (Stafford's variant 13).
 */
public final class SplitMix64 {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    private static final double UNIT = 0x1.0p-53;

    private long state;

    /** Goes on from {@code state}: a seed, or what {@link #state()} was. */
    public SplitMix64(long state) {
        this.state = state;
    }

    /** What all draws to come follow from. */
    public long state() {
        return state;
    }

    public long nextLong() {
        state += GOLDEN_GAMMA;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** Uniform in [0, 1), a multiple of 2⁻⁵³. */
    public double nextDouble() {
        return (nextLong() >>> 11) * UNIT;
    }
}
