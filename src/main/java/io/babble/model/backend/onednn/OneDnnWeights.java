package io.babble.model.backend.onednn;

import io.babble.model.Shape;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The flat vectors of a model's weights and their gradient, each {@code (P)}, and views of their tensors. */
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

    /** Rows of a tensor, to multiply with. */
    Factor factor(String tensor, int from, int rows) {
        Shape.Tensor place = tensors.get(tensor);
        long start = place.offset() + (long) from * place.columns();
        return new Factor(new Matrix(weights.at(start), place.columns()), rows, place.columns(), false);
    }

    /** A tensor's gradient. */
    Matrix gradient(String tensor) {
        Shape.Tensor place = tensors.get(tensor);
        return new Matrix(gradient.at(place.offset()), place.columns());
    }

    /** Some of a tensor's gradient becomes {@code values}, or they are added to it. */
    void gradient(String tensor, int at, float[] values, boolean add) {
        FloatBuffer floats = gradientFloats.get(tensor);
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

    /** Java's view of a tensor. */
    FloatBuffer floats(String tensor) {
        return floats.get(tensor);
    }

    private Map<String, FloatBuffer> floats(NativeVector vector) {
        return tensors.values().stream()
                .collect(Collectors.toMap(Shape.Tensor::name, place -> vector.floats(place.offset(), place.length())));
    }
}
