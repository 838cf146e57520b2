package io.babble.model;

import io.babble.text.Window;

/** Checks the arguments of backends: native code would read beyond a buffer. */
public final class Lanes {
    private Lanes() {}

    /** Throws {@link IllegalArgumentException} unless states and symbols fit the shape. */
    public static void check(Shape shape, Window window, float[][] states) {
        check(shape, window.inputs(), states, window.lanes());
        checkSymbols(shape, window.targets());
    }

    /**
     * Throws {@link IllegalArgumentException} unless there is one fitting state a lane and every symbol is in 0 … V −
     * 1.
     */
    public static void check(Shape shape, int[] symbols, float[][] states, int lanes) {
        if (states.length != lanes) {
            throw new IllegalArgumentException(lanes + " lanes need as many states, not " + states.length);
        }
        for (float[] state : states) {
            if (state.length != shape.stateLength()) {
                throw new IllegalArgumentException(
                        "A state of this model has " + shape.stateLength() + " values, not " + state.length);
            }
        }
        checkSymbols(shape, symbols);
    }

    /** Throws {@link IllegalArgumentException} unless weights and moments have P values each. */
    public static void checkWeights(Shape shape, Training training, float[] weights, float[][] moments) {
        int parameters = shape.parameters();
        int expected = training.optimizer().moments();
        if (moments.length != 0 && moments.length != expected) {
            throw new IllegalArgumentException(
                    training.optimizer() + " keeps " + expected + " moments, not " + moments.length);
        }
        checkLength(parameters, weights);
        for (float[] moment : moments) {
            checkLength(parameters, moment);
        }
    }

    private static void checkLength(int parameters, float[] vector) {
        if (vector.length != parameters) {
            throw new IllegalArgumentException("This model has " + parameters + " weights, not " + vector.length);
        }
    }

    private static void checkSymbols(Shape shape, int[] symbols) {
        for (int symbol : symbols) {
            if (symbol < 0 || symbol >= shape.symbols()) {
                throw new IllegalArgumentException(
                        "Symbol " + symbol + " is not one of this model's " + shape.symbols());
            }
        }
    }
}
