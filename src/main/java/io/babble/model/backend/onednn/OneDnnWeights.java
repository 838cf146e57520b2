package io.babble.model.backend.onednn;

import io.babble.model.Shape;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The flat vectors of a model's weights and their gradient, each {@code (P)}, and views of their tensors. */
final class OneDnnWeights {
    private final Shape shape;
    private final Map<Shape.Tensor, FloatBuffer> weightViews;
    private final Map<Shape.Tensor, FloatBuffer> gradientViews;
    private final NativeVector weights;
    private final NativeVector gradient;

    /** @param gradient of length 0 in a backend that only decodes */
    OneDnnWeights(Shape shape, NativeVector weights, NativeVector gradient) {
        this.shape = shape;
        this.weights = weights;
        this.gradient = gradient;
        weightViews = views(shape, weights);
        gradientViews = gradient.length() == 0 ? Map.of() : views(shape, gradient);
    }

    private static Map<Shape.Tensor, FloatBuffer> views(Shape shape, NativeVector vector) {
        return shape.tensors().stream()
                .collect(Collectors.toMap(
                        Function.identity(), tensor -> vector.floats(tensor.offset(), tensor.length())));
    }

    Shape shape() {
        return shape;
    }

    /** Rows of a tensor as the second factor of a product. */
    Factor factor(Shape.Tensor tensor, int from, int rows) {
        long start = tensor.offset() + (long) from * tensor.columns();
        return new Factor(new Matrix(weights.at(start), tensor.columns()), rows, tensor.columns(), false);
    }

    /** The gradient of a tensor, for oneDNN. */
    Matrix gradient(Shape.Tensor tensor) {
        return new Matrix(gradient.at(tensor.offset()), tensor.columns());
    }

    /**
     * Writes {@code values} to the gradient of a tensor.
     *
     * @param at index in the tensor of the first value
     * @param add whether they are added to the gradient that is there
     */
    void putGradient(Shape.Tensor tensor, int at, float[] values, boolean add) {
        FloatBuffer floats = gradientViews.get(tensor);
        if (add) {
            float[] sum = new float[values.length];
            floats.get(at, sum);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += values[i];
            }
            floats.put(at, sum);
        } else {
            floats.put(at, values);
        }
    }

    /** Java's view of the values of a tensor. */
    FloatBuffer floats(Shape.Tensor tensor) {
        return weightViews.get(tensor);
    }
}
