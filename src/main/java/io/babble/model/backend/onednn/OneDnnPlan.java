package io.babble.model.backend.onednn;

import io.babble.model.Shape;
import io.babble.model.TensorRole;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;

/** The layers, the softmax and the buffers for slices of one size; the buffers are bound to memory that plans share. */
final class OneDnnPlan implements AutoCloseable {
    private final Shape shape;
    private final Size size;
    private final boolean adds;
    private final OneDnnWeights weights;
    private final Shape.Tensor embedding; // (V, E)
    private final Buffers buffers;
    private final PointerScope scope;
    private final List<OneDnnLayer> layers = new ArrayList<>();
    private final OneDnnSoftmax softmax;
    private final float[] embedded; // (E)
    private final float[] masked; // (H)
    private final float[] gradient; // (H)
    private final float[] gradientAbove; // (H)

    /** @param training whether there is a backward pass */
    record Size(int lanes, int steps, boolean training) {}

    /** @param adds whether gradients are added to those that are there */
    OneDnnPlan(OneDnn oneDnn, OneDnnWeights weights, CopiedWeights copies, Size size, boolean adds) {
        this.weights = weights;
        this.size = size;
        this.adds = adds;
        shape = weights.shape();
        embedding = shape.tensor(TensorRole.EMBEDDING);
        embedded = new float[shape.embedding()];
        masked = new float[shape.hidden()];
        gradient = new float[shape.hidden()];
        gradientAbove = new float[shape.hidden()];
        // Owns every native object that is created below, until close.
        try (PointerScope made = new PointerScope()) {
            buffers = new Buffers();
            Products products = copies.products(oneDnn, buffers, size.training());
            for (int layer = 0; layer < shape.layers(); layer++) {
                layers.add(new OneDnnLayer(weights, products, buffers, size, layer));
            }
            softmax = new OneDnnSoftmax(oneDnn, weights, products, buffers, size.lanes() * size.steps());
            if (size.training()) {
                layers.forEach(layer -> layer.addBackward(products, buffers, adds));
                softmax.addBackward(products, buffers, adds);
            }
            scope = made.extend();
        }
    }

    /** Floats of memory that {@link #bind} needs. */
    long length() {
        return buffers.length();
    }

    void bind(NativeVector vector) {
        buffers.bind(vector);
        softmax.bind();
    }

    /**
     * From symbols to logits.
     *
     * @param masks for each layer {@code (T, N, H)}; none without dropout
     */
    void forward(Slice slice, float[][] masks) {
        gather(slice);
        for (int index = 0; index < layers.size(); index++) {
            OneDnnLayer layer = layers.get(index);
            layer.readStates(slice.states());
            boolean toSoftmax = shape.isReadBySoftmax(index);
            int column = shape.softmaxColumn(index);
            OneDnnLayer above = index + 1 < layers.size() ? layers.get(index + 1) : null;
            float[] mask = masks.length == 0 ? null : masks[index];
            layer.forward((step, lane, h) -> {
                float[] output = mask == null ? h : mask(h, mask, slice.row(step, lane));
                if (toSoftmax) {
                    softmax.putInput(step * size.lanes() + lane, column, output);
                }
                if (above != null) {
                    above.putInput(step, lane, 0, output);
                }
            });
        }
        softmax.forward();
    }

    /** The loss after {@link #forward}. */
    OneDnnSoftmax.Nats loss(Slice slice) {
        return softmax.loss(slice);
    }

    /** The backward pass, after {@link #loss}. */
    void backward(Slice slice, float[][] masks) {
        softmax.backward();
        for (int index = layers.size() - 1; index >= 0; index--) {
            boolean toSoftmax = shape.isReadBySoftmax(index);
            int column = shape.softmaxColumn(index);
            OneDnnLayer above = index + 1 < layers.size() ? layers.get(index + 1) : null;
            float[] mask = masks.length == 0 ? null : masks[index];
            layers.get(index).backward((step, lane, dh) -> {
                if (toSoftmax) {
                    softmax.getInputGradient(step * size.lanes() + lane, column, gradient);
                } else {
                    Arrays.fill(gradient, 0);
                }
                if (above != null) {
                    above.getInputGradient(step, lane, 0, gradientAbove);
                    add(gradient, gradientAbove);
                }
                add(dh, mask == null ? gradient : mask(gradient, mask, slice.row(step, lane)));
            });
        }
    }

    /** One part of the gradient of each matrix, after {@link #backward}. */
    void matrixGradients(int part) {
        softmax.matrixGradient(part);
        layers.forEach(layer -> layer.matrixGradient(part));
    }

    /** The gradients of the vectors, as {@link #matrixGradients}. */
    void vectorGradients() {
        softmax.vectorGradient(adds);
        layers.forEach(layer -> layer.vectorGradients(adds));
    }

    /**
     * Adds to the gradient of the embedding, always in the order of the window, so that rounding is reproducible.
     *
     * @param sums {@code (V, E)}
     */
    void scatter(Slice slice, float[] sums) {
        int width = shape.embedding();
        for (int layer = 0; layer < layers.size(); layer++) {
            if (!shape.readsEmbedding(layer)) {
                continue;
            }
            for (int step = 0; step < size.steps(); step++) {
                for (int lane = 0; lane < size.lanes(); lane++) {
                    layers.get(layer).getInputGradient(step, lane, shape.embeddingColumn(layer), embedded);
                    int at = slice.input(step, lane) * width;
                    for (int column = 0; column < width; column++) {
                        sums[at + column] += embedded[column];
                    }
                }
            }
        }
    }

    void getLogits(int row, float[] to) {
        softmax.getLogits(row, to);
    }

    void writeStates(List<float[]> states) {
        layers.forEach(layer -> layer.writeStates(states));
    }

    @Override
    public void close() {
        scope.deallocate();
    }

    private float[] mask(float[] values, float[] mask, int row) {
        int at = row * shape.hidden();
        for (int i = 0; i < masked.length; i++) {
            masked[i] = values[i] * mask[at + i];
        }
        return masked;
    }

    private static void add(float[] sum, float[] values) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += values[i];
        }
    }

    /** Writes the embedding of each symbol to every layer that reads it. */
    private void gather(Slice slice) {
        FloatBuffer embedding = weights.floats(this.embedding);
        for (int step = 0; step < size.steps(); step++) {
            for (int lane = 0; lane < size.lanes(); lane++) {
                embedding.get(slice.input(step, lane) * embedded.length, embedded);
                for (int layer = 0; layer < layers.size(); layer++) {
                    if (shape.readsEmbedding(layer)) {
                        layers.get(layer).putInput(step, lane, shape.embeddingColumn(layer), embedded);
                    }
                }
            }
        }
    }
}
