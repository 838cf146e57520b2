package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.babble.text.Alphabet;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InitializationTest {
    private static final Shape SHAPE = new Shape(257, 64, 100, 2);

    @Test
    void boundsFollowWhatAUnitReads() {
        float[] weights = Initialization.weights(SHAPE, 1);
        for (Shape.Tensor tensor : SHAPE.tensors()) {
            double bound =
                    switch (tensor.name()) {
                        case "embedding" -> 0.3 * 6;
                        case "softmax.weight" -> 0.5 / Math.sqrt(200);
                        case "layer0.weight", "layer1.weight" -> 0.1;
                        default -> 1;
                    };
            if (bound == 1) {
                continue;
            }
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
    void gainsAreOneAndOnlyForgetGatesAndEndOfTextHaveABias() {
        float[] weights = Initialization.weights(SHAPE, 1);
        for (Shape.Tensor tensor : SHAPE.tensors()) {
            for (int i = 0; i < tensor.length(); i++) {
                float weight = weights[tensor.offset() + i];
                if (tensor.name().endsWith(".gain")) {
                    assertThat(weight).isEqualTo(1);
                } else if (tensor.name().endsWith(".bias")) {
                    boolean layer = tensor.name().startsWith("layer");
                    boolean forget = layer && i < SHAPE.hidden();
                    boolean endOfText = !layer && i == Alphabet.END_OF_TEXT;
                    assertThat(weight).isEqualTo(forget ? 1 : endOfText ? -5 : 0);
                }
            }
        }
    }

    /** A change of the numbers would make new models differ from those that reports were written about. */
    @Test
    void numbersAreTheSameOnEveryMachine() {
        float[] weights = Initialization.weights(SHAPE, 42);
        assertThat(Arrays.hashCode(weights)).isEqualTo(1002571970);
        assertThat(Initialization.weights(SHAPE, 43)).isNotEqualTo(weights);
    }

    private static double largest(float[] weights, Shape.Tensor tensor) {
        double largest = 0;
        for (int i = 0; i < tensor.length(); i++) {
            largest = Math.max(largest, Math.abs(weights[tensor.offset() + i]));
        }
        return largest;
    }
}
