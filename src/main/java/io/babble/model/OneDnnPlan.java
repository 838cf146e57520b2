package io.babble.model;

import io.babble.text.Window;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.PointerScope;

/**
 * Everything that oneDNN needs for windows of one size: primitives, and buffers bound to memory that plans share.
 *
 * <p>Each layer writes its output straight into the columns {@code [0, H)} of what the layer above reads, {@code (T, N, I)},
 * and the way back reads its gradient from the same columns of that one's gradient; only dropout needs buffers between.
 */
final class OneDnnPlan implements AutoCloseable {
    private final Shape shape;
    private final Size size;
    private final boolean dropout;
    private final OneDnn oneDnn;
    private final OneDnnWeights weights;
    private final Buffers buffers;
    private final PointerScope scope;
    private final List<Buffers.Buffer> inputs = new ArrayList<>(); // [layer] (T, N, I)
    private final List<Buffers.Buffer> inputGradients = new ArrayList<>(); // [layer] (T, N, I)
    private final List<OneDnnLayer> layers = new ArrayList<>();
    private final List<OneDnnDropout> dropouts = new ArrayList<>(); // between layers; none without dropout
    private final OneDnnSoftmax softmax;
    private Buffers.Buffer zeroState; // (1, 1, N, H)

    /** @param training whether for whole windows, forward and backward, or for decoding */
    record Size(int lanes, int steps, boolean training) {}

    OneDnnPlan(OneDnn oneDnn, OneDnnWeights weights, Size size, boolean dropout) {
        this.oneDnn = oneDnn;
        this.weights = weights;
        this.size = size;
        this.dropout = dropout;
        shape = weights.shape();
        // Holds every native object made below, until close.
        try (PointerScope made = new PointerScope()) {
            scope = made.extend();
            buffers = new Buffers(oneDnn.engine());
            for (int layer = 0; layer < shape.layers(); layer++) {
                inputs.add(buffers.reserve(read(layer)));
            }
            List<OneDnnSoftmax.Rows> outputs = new ArrayList<>();
            for (int layer = 0; layer < shape.layers(); layer++) {
                outputs.add(output(layer));
            }
            softmax = new OneDnnSoftmax(oneDnn, weights, buffers, size, readBySoftmax(outputs));
            if (size.training()) {
                addBackward(outputs);
            }
        }
    }

    /** Floats of memory that {@link #bind} needs. */
    long length() {
        return buffers.length();
    }

    void bind(NativeVector vector) {
        buffers.bind(vector);
    }

    /** The loss of a window, without dropout. */
    OneDnnSoftmax.Nats measure(Window window, float[][] states) {
        dropouts.forEach(OneDnnDropout::keepAll);
        return forward(window, states);
    }

    /** The loss of a window, with dropout of this probability. */
    OneDnnSoftmax.Nats forward(Window window, float[][] states, double probability, long dropoutSeed) {
        for (int layer = 0; layer < dropouts.size(); layer++) {
            dropouts.get(layer).draw(dropoutSeed, layer, probability);
        }
        return forward(window, states);
    }

    /** The gradient of the summed loss, after {@code forward}. */
    void backward(int[] inputs) {
        zeroState.zero();
        softmax.backwardToWeights();
        int top = shape.layers() - 1;
        for (int layer = top; layer >= 0; layer--) {
            if (layer < top && !dropouts.isEmpty()) {
                dropouts.get(layer).backward();
            }
            if (shape.everyLayerToSoftmax() || layer == top) {
                softmax.backwardTo(shape.everyLayerToSoftmax() ? layer : 0);
            }
            layers.get(layer).backward();
        }
        oneDnn.await();
        scatter(inputs);
    }

    void decode(int[] symbols, float[][] states, float[][] logits) {
        run(symbols, states);
        oneDnn.await();
        softmax.writeLogits(logits);
    }

    void writeStates(float[][] states) {
        layers.forEach(layer -> layer.writeStates(states));
    }

    @Override
    public void close() {
        scope.deallocate();
    }

    private OneDnnSoftmax.Nats forward(Window window, float[][] states) {
        run(window.inputs(), states);
        return softmax.loss(window.targets());
    }

    private void run(int[] symbols, float[][] states) {
        gather(symbols);
        for (int layer = 0; layer < layers.size(); layer++) {
            layers.get(layer).readStates(states);
            layers.get(layer).reorderWeights();
            layers.get(layer).forward();
            if (layer < dropouts.size()) {
                dropouts.get(layer).forward();
            }
        }
        softmax.forward();
        oneDnn.await();
    }

    private OneDnnSoftmax.Rows output(int layer) {
        boolean own = layer == shape.layers() - 1 || dropout;
        Buffers.Buffer output = own
                ? buffers.reserve(OneDnn.plain(size.steps(), size.lanes(), shape.hidden()))
                : inputs.get(layer + 1).as(fromBelow(layer + 1));
        layers.add(new OneDnnLayer(oneDnn, weights, buffers, size, layer, inputs.get(layer), output));
        return new OneDnnSoftmax.Rows(output, own ? shape.hidden() : shape.inputOf(layer + 1));
    }

    private void addBackward(List<OneDnnSoftmax.Rows> outputs) {
        zeroState = buffers.reserve(OneDnn.plain(1, 1, size.lanes(), shape.hidden()));
        int top = shape.layers() - 1;
        List<OneDnnSoftmax.Rows> gradients = new ArrayList<>();
        for (int layer = 0; layer <= top; layer++) {
            inputGradients.add(buffers.reserve(read(layer)));
        }
        for (int layer = 0; layer <= top; layer++) {
            Buffers.Buffer gradient = layer == top
                    ? buffers.reserve(OneDnn.plain(size.steps(), size.lanes(), shape.hidden()))
                    : inputGradients.get(layer + 1).as(fromBelow(layer + 1));
            gradients.add(new OneDnnSoftmax.Rows(gradient, layer == top ? shape.hidden() : shape.inputOf(layer + 1)));
            layers.get(layer).addBackward(inputGradients.get(layer), gradient, zeroState);
            if (layer < top && dropout) {
                Buffers.Buffer masked = inputs.get(layer + 1).as(fromBelow(layer + 1));
                dropouts.add(
                        new OneDnnDropout(oneDnn, buffers, outputs.get(layer).buffer(), masked, gradient));
            }
        }
        softmax.addBackward(readBySoftmax(outputs), readBySoftmax(gradients));
    }

    private List<OneDnnSoftmax.Rows> readBySoftmax(List<OneDnnSoftmax.Rows> all) {
        return shape.everyLayerToSoftmax() ? all : all.subList(all.size() - 1, all.size());
    }

    private memory.desc read(int layer) {
        return OneDnn.plain(size.steps(), size.lanes(), shape.inputOf(layer));
    }

    /** The columns of what {@code layer} reads that the layer below writes, {@code (T, N, H)}. */
    private memory.desc fromBelow(int layer) {
        long row = shape.inputOf(layer);
        return OneDnn.strided(
                new long[] {size.steps(), size.lanes(), shape.hidden()}, new long[] {size.lanes() * row, row, 1});
    }

    /** Writes the embedding of each symbol to each layer that reads it. */
    private void gather(int[] symbols) {
        float[] row = new float[shape.embedding()];
        FloatBuffer embedding = weights.embedding();
        for (int i = 0; i < symbols.length; i++) {
            embedding.get(symbols[i] * row.length, row);
            for (int layer = 0; layer < embeddingReaders(); layer++) {
                inputs.get(layer).floats().put(embeddingColumn(layer) + i * shape.inputOf(layer), row);
            }
        }
    }

    /** Adds up the embedding's gradient in the order of the window, so that it is always the same. */
    private void scatter(int[] symbols) {
        int width = shape.embedding();
        float[] sums = new float[shape.symbols() * width];
        float[] row = new float[width];
        for (int layer = 0; layer < embeddingReaders(); layer++) {
            FloatBuffer gradient = inputGradients.get(layer).floats();
            for (int i = 0; i < symbols.length; i++) {
                gradient.get(embeddingColumn(layer) + i * shape.inputOf(layer), row);
                int at = symbols[i] * width;
                for (int column = 0; column < width; column++) {
                    sums[at + column] += row[column];
                }
            }
        }
        weights.embeddingGradient().put(sums);
    }

    private int embeddingReaders() {
        return shape.embeddingToEveryLayer() ? shape.layers() : 1;
    }

    private int embeddingColumn(int layer) {
        return layer == 0 ? 0 : shape.hidden();
    }
}
