package io.babble.model;

import java.time.Duration;
import java.util.Set;

/**
 * A kind of backend that can be chosen by its name.
 *
 * @param device that it computes on
 * @param precisions of matrix products that it offers
 * @param factory makes one
 * @param productRate the speed that its training steps are compared with
 */
public record BackendType(
        String name, Device device, Set<Precision> precisions, Factory factory, ProductRate productRate) {

    /** What a backend computes on. */
    public enum Device {
        CPU
    }

    /** Makes a backend. */
    public interface Factory {
        /**
         * A backend whose weights are all zero until it is loaded.
         *
         * @param threads that compute; 0 means one for each processor
         * @throws NativeMemoryException if its work needs more memory than is allowed
         * @throws UnsupportedOperationException if the device does not compute in this precision
         */
        Backend create(Shape shape, Training training, Work work, int threads);
    }

    /** Measures how fast large matrices are multiplied: no training step can be faster. */
    public interface ProductRate {
        /**
         * The best rate of some large product, GFLOP/s of all threads together.
         *
         * @param threads that multiply side by side; 0 means one for each processor
         * @param time how long to measure
         */
        double gigaflops(Precision precision, int threads, Duration time);
    }
}
