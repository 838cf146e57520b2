package io.babble.model.backend.onednn;

import io.babble.model.Precision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The speed of large products with oneDNN on this machine: the upper bound of that of a training step. */
final class OneDnnProductRate {
    private static final int SIZE = 1024;
    /** Enough columns that the time a product takes to prepare its rows is negligible. */
    private static final int COLUMNS = 4096;

    private OneDnnProductRate() {}

    /**
     * The best rate of products of 1024 × 1024 × 4096, GFLOP/s of all threads together.
     *
     * @param threads that multiply concurrently; 0 means one for each processor
     * @param time how long to measure
     */
    static double gigaflops(Precision precision, int threads, Duration time) {
        List<Multiplier> multipliers = new ArrayList<>();
        try (Threads pool = new Threads(threads)) {
            for (int i = 0; i < pool.count(); i++) {
                multipliers.add(new Multiplier(precision));
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
        private static final double OPERATIONS = 2.0 * SIZE * SIZE * COLUMNS;

        private final NativeMemory share = new NativeMemory(Long.MAX_VALUE);
        private final CopiedWeights copies;
        private final OneDnn oneDnn;
        private final NativeVector weights;
        private final NativeVector memory;
        private final Products.Product product;

        Multiplier(Precision precision) {
            OneDnn.computeAlone(); // a primitive uses the number of threads that is set when it is created
            copies = new CopiedWeights(precision, 1, share);
            oneDnn = new OneDnn();
            weights = new NativeVector((long) SIZE * COLUMNS);
            Buffers buffers = new Buffers();
            Buffers.Buffer read = buffers.reserve(SIZE, SIZE);
            Buffers.Buffer to = buffers.reserve(SIZE, COLUMNS);
            Factor factor = new Factor(new Matrix(weights.at(0), COLUMNS), SIZE, COLUMNS, false);
            product = copies.products(oneDnn, buffers, true).product(read, 0, SIZE, factor, to, false);
            memory = new NativeVector(buffers.length());
            buffers.bind(memory);
        }

        Void multiply() {
            OneDnn.computeAlone();
            product.compute(0, 0);
            return null;
        }

        @Override
        public void close() {
            copies.close();
            oneDnn.close();
            memory.close();
            weights.close();
            share.close();
        }
    }
}
