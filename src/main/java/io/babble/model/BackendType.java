package io.babble.model;

import java.time.Duration;
import java.util.Set;

/**
 * A kind of backend that can be chosen by its name.
 *
 * @param device on which it computes
 * @param precisions of matrix products that it offers
 * @param factory creates backends of this type
 * @param productRate the upper bound of the speed of its training steps
 */
public record BackendType(
        String name, Device device, Set<Precision> precisions, Factory factory, ProductRate productRate) {

    /** What a backend computes on. */
    public enum Device {
        CPU
    }

    /** Creates a backend. */
    public interface Factory {
        /**
         * A backend whose weights are all zero until it is loaded.
         *
         * @param threads number of threads; 0 means one for each processor
         * @throws NativeMemoryException if its work needs more memory than is allowed
         * @throws UnsupportedOperationException if the device does not compute in this precision
         */
        Backend create(Shape shape, Training training, Work work, int threads);
    }

    /** Measures the speed of large matrix products, which no training step exceeds. */
    public interface ProductRate {
        /**
         * The best rate of a large product, in GFLOP/s of all threads together.
         *
         * @param threads that multiply concurrently; 0 means one for each processor
         * @param time how long to measure
         */
        double gigaflops(Precision precision, int threads, Duration time);
    }
}
