package io.babble.model;

/**
 * The law that the first values of a tensor follow. A value depends on the seed and its index alone, so that it is
 * reproducible.
 */
public sealed interface InitialLaw {

    /**
     * The first value of one element.
     *
     * @param seed of the tensor
     * @param index of the element in the tensor, row-major
     */
    double value(long seed, int index);

    /** Normal with mean 0. */
    record Normal(double deviation) implements InitialLaw {
        @Override
        public double value(long seed, int index) {
            return deviation * SplitMix64.normal(seed, index);
        }
    }

    /** Uniform in [−bound, bound). */
    record Uniform(double bound) implements InitialLaw {
        @Override
        public double value(long seed, int index) {
            return bound * (2 * SplitMix64.unit(seed, index) - 1);
        }
    }

    /** The same value everywhere. */
    record Constant(double value) implements InitialLaw {
        @Override
        public double value(long seed, int index) {
            return value;
        }
    }

    /** One value at the indices {@code from} to {@code to} − 1, and 0 elsewhere. */
    record Range(double value, int from, int to) implements InitialLaw {
        @Override
        public double value(long seed, int index) {
            return index >= from && index < to ? value : 0;
        }
    }
}
