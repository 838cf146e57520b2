package io.babble.model;

import java.nio.FloatBuffer;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The flat vector of a model's weights {@code (P)}, a thread's gradient {@code (P)}, and views of their tensors. */
final class OneDnnWeights {
    private final Shape shape;
    private final Map<String, Shape.Tensor> tensors;
    private final Map<String, FloatBuffer> floats;
    private final Map<String, FloatBuffer> gradientFloats;
    private final NativeVector weights;
    private final NativeVector gradient;

    /** @param gradient of length 0 where nothing is learned */
    OneDnnWeights(Shape shape, NativeVector weights, NativeVector gradient) {
        this.shape = shape;
        this.weights = weights;
        this.gradient = gradient;
        tensors = shape.tensors().stream().collect(Collectors.toMap(Shape.Tensor::name, Function.identity()));
        floats = floats(weights);
        gradientFloats = gradient.length() == 0 ? Map.of() : floats(gradient);
    }

    Shape shape() {
        return shape;
    }

    /** A tensor from {@code row} on. */
    Matrix matrix(String tensor, int row) {
        Shape.Tensor place = tensors.get(tensor);
        return new Matrix(weights.at(place.offset() + (long) row * place.columns()), place.columns());
    }

    /** A tensor's gradient. */
    Matrix gradientMatrix(String tensor) {
        Shape.Tensor place = tensors.get(tensor);
        return new Matrix(gradient.at(place.offset()), place.columns());
    }

    /** Java's view of a tensor. */
    FloatBuffer floats(String tensor) {
        return floats.get(tensor);
    }

    /** Java's view of a tensor's gradient. */
    FloatBuffer gradientFloats(String tensor) {
        return gradientFloats.get(tensor);
    }

    private Map<String, FloatBuffer> floats(NativeVector vector) {
        return tensors.values().stream()
                .collect(Collectors.toMap(Shape.Tensor::name, place -> vector.floats(place.offset(), place.length())));
    }
}
