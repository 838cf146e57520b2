package io.babble.model;

import java.nio.FloatBuffer;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bytedeco.dnnl.memory;

/** The flat vectors of a model, weights and their gradient, each {@code (P)}, and oneDNN's views of their tensors. */
final class OneDnnWeights implements AutoCloseable {
    private final OneDnn oneDnn;
    private final Shape shape;
    private final Map<String, Shape.Tensor> tensors;
    private final NativeVector weights;
    private final NativeVector gradient;

    /** @param learning whether there is a gradient */
    OneDnnWeights(OneDnn oneDnn, Shape shape, boolean learning) {
        this.oneDnn = oneDnn;
        this.shape = shape;
        tensors = shape.tensors().stream().collect(Collectors.toMap(Shape.Tensor::name, Function.identity()));
        weights = new NativeVector(shape.parameters());
        gradient = new NativeVector(learning ? shape.parameters() : 0);
    }

    Shape shape() {
        return shape;
    }

    NativeVector weights() {
        return weights;
    }

    NativeVector gradient() {
        return gradient;
    }

    memory weight(String tensor, memory.desc layout) {
        return weight(tensor, 0, layout);
    }

    /** @param row the first row of the tensor to see */
    memory weight(String tensor, int row, memory.desc layout) {
        return weights.memory(oneDnn.engine(), offset(tensor, row), layout);
    }

    memory gradient(String tensor, memory.desc layout) {
        return gradient(tensor, 0, layout);
    }

    memory gradient(String tensor, int row, memory.desc layout) {
        return gradient.memory(oneDnn.engine(), offset(tensor, row), layout);
    }

    /** Java's view of the embedding {@code (V, E)}. */
    FloatBuffer embedding() {
        return weights.floats(0, tensors.get("embedding").length());
    }

    /** Java's view of the embedding's gradient {@code (V, E)}. */
    FloatBuffer embeddingGradient() {
        return gradient.floats(0, tensors.get("embedding").length());
    }

    private long offset(String tensor, int row) {
        Shape.Tensor place = tensors.get(tensor);
        return place.offset() + (long) row * place.columns();
    }

    @Override
    public void close() {
        weights.close();
        gradient.close();
    }
}
