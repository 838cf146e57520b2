package io.babble.model;

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

    /** A tensor from {@code row} on. */
    Matrix matrix(String tensor, int row) {
        Shape.Tensor place = tensors.get(tensor);
        return new Matrix(weights.at(place.offset() + (long) row * place.columns()), place.columns());
    }

    /**
     * One of {@code parts} of a tensor's gradient, some of its rows, becomes readᵀ × outputs, or that is added to it.
     *
     * @param read {@code (k, rows of the tensor)}
     * @param outputs {@code (k, columns of the tensor)}, their gradient
     */
    void matrixGradient(
            String tensor, int part, int parts, long k, Buffers.Buffer read, Buffers.Buffer outputs, boolean add) {
        Shape.Tensor place = tensors.get(tensor);
        int from = place.rows() * part / parts;
        int to = place.rows() * (part + 1) / parts;
        Matrix rows = new Matrix(gradient.at(place.offset() + (long) from * place.columns()), place.columns());
        rows.productOfTransposed(to - from, place.columns(), k, read.from(0, from), outputs.all(), add);
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
