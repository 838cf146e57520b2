package io.babble.model.backend.nd4j;

import io.babble.model.Precision;
import java.time.Duration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The speed of large products with ND4J on this machine. */
final class Nd4jProductRate {
    private static final int SIZE = 1024;
    private static final double OPERATIONS = 2.0 * SIZE * SIZE * SIZE;

    private Nd4jProductRate() {}

    /** The best rate of products of 1024 × 1024 × 1024, GFLOP/s; ND4J chooses the threads. */
    static double gigaflops(Precision precision, int threads, Duration time) {
        INDArray factor = Nd4j.ones(DataType.FLOAT, SIZE, SIZE);
        INDArray product = Nd4j.zeros(DataType.FLOAT, SIZE, SIZE);
        double best = Double.POSITIVE_INFINITY;
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            long begin = System.nanoTime();
            factor.mmuli(factor, product);
            best = Math.min(best, (double) (System.nanoTime() - begin));
        }
        return OPERATIONS / best;
    }
}
