package io.babble.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How fast this machine multiplies large float32 matrices with oneDNN: what no training step can be faster than. */
public final class MatrixRate {
    private static final int SIZE = 1024;

    private MatrixRate() {}

    /**
     * The best rate of products of 1024 × 1024 matrices, GFLOP/s of all threads together.
     *
     * @param threads that multiply side by side; 0 means one for each processor
     * @param time how long to try
     */
    public static double gigaflops(int threads, Duration time) {
        Backends.limitProcess(0);
        List<Multiplier> multipliers = new ArrayList<>();
        try (Threads pool = new Threads(threads)) {
            for (int i = 0; i < pool.count(); i++) {
                multipliers.add(new Multiplier());
            }
            double best = Double.POSITIVE_INFINITY;
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
                long begin = System.nanoTime();
                pool.each(pool.count(), thread -> multipliers.get(thread).multiply());
                best = Math.min(best, (System.nanoTime() - begin) / 1e9);
            }
            return pool.count() * Multiplier.OPERATIONS / best / 1e9;
        } finally {
            multipliers.forEach(Multiplier::close);
        }
    }

    private static final class Multiplier implements AutoCloseable {
        private static final int REPEATS = 4;
        private static final double OPERATIONS = REPEATS * 2.0 * SIZE * SIZE * SIZE;

        private final Buffers buffers = new Buffers();
        private final NativeVector memory;
        private final Buffers.Buffer a = buffers.reserve(SIZE, SIZE);
        private final Buffers.Buffer b = buffers.reserve(SIZE, SIZE);
        private final Buffers.Buffer to = buffers.reserve(SIZE, SIZE);

        Multiplier() {
            memory = new NativeVector(buffers.length());
            buffers.bind(memory);
        }

        Void multiply() {
            OneDnn.computeAlone();
            for (int i = 0; i < REPEATS; i++) {
                to.all().product(SIZE, SIZE, SIZE, a.all(), b.all());
            }
            return null;
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
