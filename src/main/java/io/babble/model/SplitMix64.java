package io.babble.model;

/**
 * A random generator whose whole state is one number, so that it can be saved and resumed; draws are also available by
 * index, in any order.
 *
 * <p>Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014, with the mixer of
 * {@link java.util.SplittableRandom} (Stafford's variant 13).
 */
public final class SplitMix64 {
    private static final long GAMMA = 0x9e3779b97f4a7c15L;
    private static final double UNIT = 0x1.0p-53;

    private long state;

    /** Resumes from {@code state}: a seed, or an earlier {@link #state()}. */
    public SplitMix64(long state) {
        this.state = state;
    }

    /** The state that determines all further draws. */
    public long state() {
        return state;
    }

    public long nextLong() {
        long drawn = bits(state, 0);
        state += GAMMA;
        return drawn;
    }

    /** Uniform in [0, 1), a multiple of 2⁻⁵³. */
    public double nextDouble() {
        double drawn = unit(state, 0);
        state += GAMMA;
        return drawn;
    }

    /** Uniform in 0 to {@code bound} − 1. */
    int nextInt(int bound) {
        return (int) (nextDouble() * bound);
    }

    /** The 64 random bits at {@code index} of the sequence that {@code seed} begins. */
    static long bits(long seed, long index) {
        long z = seed + GAMMA * (index + 1);
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** Uniform in [0, 1). */
    static double unit(long seed, long index) {
        return (bits(seed, index) >>> 11) * UNIT;
    }

    /**
     * Normal with mean 0 and deviation 1, by Box and Muller's transform. StrictMath, because Math may differ between
     * machines in the last bit.
     */
    static double normal(long seed, long index) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - unit(seed, 2 * index)));
        return radius * StrictMath.cos(2 * Math.PI * unit(seed, 2 * index + 1));
    }
}
