package io.babble.model;

/**
 * Random numbers as a pure function of a seed and an index, the same on every machine and in every order of asking.
 *
 * <p>Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014, figure 16.
 */
final class SplitMix64 {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1p-53;

    private SplitMix64() {}

    /** The 64 random bits at {@code index} of the sequence that {@code seed} begins. */
    static long bits(long seed, long index) {
        long z = seed + GAMMA * (index + 1);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
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
