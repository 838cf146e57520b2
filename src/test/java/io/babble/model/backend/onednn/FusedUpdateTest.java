package io.babble.model.backend.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.babble.model.Training;
import io.babble.model.Trial;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdaGradUpdater;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.api.ops.impl.updaters.RmsPropUpdater;
import org.nd4j.linalg.api.ops.impl.updaters.SgdUpdater;
import org.nd4j.linalg.factory.Nd4j;

class FusedUpdateTest {
    /** More than a task, and not a multiple of anything. */
    private static final int LENGTH = 70_001;

    @ParameterizedTest
    @EnumSource
    void givesTheResultOfNd4jsUpdater(Training.Optimizer optimizer) {
        Training training = new Training(optimizer, 0.5, 0.9999, 1e-8, Training.Clipping.NORM, 0, 0);
        INDArray expected = Nd4j.createFromArray(doubles(1));
        INDArray mean = Nd4j.createFromArray(new double[LENGTH]);
        INDArray square = Nd4j.createFromArray(new double[LENGTH]);
        try (NativeVector weights = vector(doubles(1));
                NativeVector gradient = new NativeVector(LENGTH);
                Threads threads = new Threads(2)) {
            FusedUpdate fused = new FusedUpdate(training, weights, gradient, threads);
            for (int update = 1; update <= 6; update++) {
                double[] drawn = doubles(1 + update);
                gradient.floats(0, LENGTH).put(floats(drawn));
                fused.update(0.25, Double.POSITIVE_INFINITY, 0.01, update);
                INDArray change = Nd4j.createFromArray(drawn).muli(0.25);
                switch (optimizer) {
                    case ADAM -> Nd4j.exec(new AdamUpdater(change, square, mean, 0.01, 0.5, 0.9999, 1e-8, update - 1));
                    case RMSPROP -> Nd4j.exec(new RmsPropUpdater(change, square, 0.01, 0.9999, 1e-8));
                    case ADAGRAD -> Nd4j.exec(new AdaGradUpdater(change, square, 0.01, 1e-8));
                    case SGD -> Nd4j.exec(new SgdUpdater(change, 0.01));
                }
                expected.subi(change);
            }
            float[] found = new float[LENGTH];
            weights.floats(0, LENGTH).get(found);
            for (int i = 0; i < LENGTH; i++) {
                assertThat((double) found[i]).isCloseTo(expected.getDouble(i), within(4e-6));
            }
        }
    }

    @Test
    void normDoesNotDependOnTheThreads() {
        Training training = Trial.ADAM;
        double squares = 0;
        for (double value : doubles(3)) {
            squares += value * value;
        }
        try (NativeVector gradient = vector(doubles(3));
                Threads oneThread = new Threads(1);
                Threads threeThreads = new Threads(3)) {
            FusedUpdate one = new FusedUpdate(training, gradient, gradient, oneThread);
            FusedUpdate three = new FusedUpdate(training, gradient, gradient, threeThreads);
            assertThat(one.extent()).isEqualTo(three.extent());
            assertThat(one.extent().squares()).isCloseTo(squares, within(1e-6 * squares));
        }
    }

    private static NativeVector vector(double[] values) {
        NativeVector vector = new NativeVector(values.length);
        vector.floats(0, values.length).put(floats(values));
        return vector;
    }

    /** Of float precision, so that both sides begin with the same numbers. */
    private static double[] doubles(long seed) {
        Random random = new Random(seed);
        double[] values = new double[LENGTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
