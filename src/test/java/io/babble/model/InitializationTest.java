package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InitializationTest {
    private static final Shape SHAPE = new Shape(257, 64, 100, 2, true, true);

    @Test
    void boundsFollowWhatAUnitReads() {
        float[] weights = Initialization.FAN_IN.weights(SHAPE, 1, false);
        for (Shape.Tensor tensor : SHAPE.tensors()) {
            double bound =
                    switch (tensor.name()) {
                        case "embedding" -> 0.3 * 6;
                        case "softmax.weight", "softmax.bias" -> 0.5 / Math.sqrt(200);
                        default -> 0.1;
                    };
            double largest = largest(weights, tensor);
            assertThat(largest).as(tensor.name()).isBetween(0.5 * bound, bound * (1 + 1e-6));
        }
        Shape.Tensor embedding = SHAPE.tensors().get(0);
        double squares = 0;
        for (int i = 0; i < embedding.length(); i++) {
            squares += Math.pow(weights[i], 2);
        }
        assertThat(Math.sqrt(squares / embedding.length())).isCloseTo(0.3, within(0.01));
    }

    @Test
    void smallUniformStaysInEightHundredths() {
        float[] weights = Initialization.SMALL_UNIFORM.weights(SHAPE, 1, false);
        for (Shape.Tensor tensor : SHAPE.tensors()) {
            assertThat(largest(weights, tensor)).as(tensor.name()).isBetween(0.07, 0.08 + 1e-6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void openForgetGatesChangeNothingElse(Initialization initialization) {
        float[] closed = initialization.weights(SHAPE, 1, false);
        float[] open = initialization.weights(SHAPE, 1, true);
        for (Shape.Tensor tensor : SHAPE.tensors()) {
            boolean bias = tensor.name().matches("layer\\d+\\.bias");
            for (int i = 0; i < tensor.length(); i++) {
                int at = tensor.offset() + i;
                boolean forget = bias && i >= 100 && i < 200;
                assertThat(open[at]).isEqualTo(forget ? closed[at] + 1 : closed[at]);
            }
        }
    }

    /** A change of the numbers would make new models differ from those that reports were written about. */
    @Test
    void numbersAreTheSameOnEveryMachine() {
        float[] weights = Initialization.FAN_IN.weights(SHAPE, 42, true);
        assertThat(Arrays.hashCode(weights)).isEqualTo(515832708);
        assertThat(Initialization.FAN_IN.weights(SHAPE, 43, true)).isNotEqualTo(weights);
    }

    private static double largest(float[] weights, Shape.Tensor tensor) {
        double largest = 0;
        for (int i = 0; i < tensor.length(); i++) {
            largest = Math.max(largest, Math.abs(weights[tensor.offset() + i]));
        }
        return largest;
    }
}
