package io.babble.model.backend.onednn;

import io.babble.model.Shape;
import io.babble.model.TensorRole;
import io.babble.text.Alphabet;
import java.util.Arrays;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.softmax_forward;

/**
 * The softmax over a slice and its loss. Gradients are those of the weighted sum of the losses: to get the mean's,
 * divide by the number of targets.
 */
final class OneDnnSoftmax {
    /** Below this a probability in float32 loses digits. */
    private static final float SMALL = 1e-30f;

    private final OneDnn oneDnn;
    private final OneDnnWeights weights;
    private final int rows; // T·N
    private final int symbols; // V
    private final Shape.Tensor weightTensor;
    private final Shape.Tensor biasTensor;
    private final Factor weight; // (S, V)
    private final Buffers.Buffer input; // (T·N, S)
    private final Buffers.Buffer logits; // (T·N, V)
    private final Products.Product product;
    private final float[] bias; // (V)
    private final float[] row; // (V)
    private Buffers.Buffer probabilities; // (T·N, V), then their gradient
    private Buffers.Buffer inputGradient; // (T·N, S)
    private Products.Product inputBackward;
    private Products.Gradient weightGradient;
    private softmax_forward softmax;
    private memory softmaxInput;
    private memory softmaxOutput;
    private IntMemoryMap softmaxArguments;
    private float[] biasGradient; // (V)

    /** Sums of −ln p over the fresh targets. */
    record Nats(double text, double endOfText) {
        static final Nats NONE = new Nats(0, 0);

        Nats plus(Nats other) {
            return new Nats(text + other.text, endOfText + other.endOfText);
        }
    }

    OneDnnSoftmax(OneDnn oneDnn, OneDnnWeights weights, Products products, Buffers buffers, int rows) {
        this.oneDnn = oneDnn;
        this.weights = weights;
        this.rows = rows;
        Shape shape = weights.shape();
        symbols = shape.symbols();
        weightTensor = shape.tensor(TensorRole.SOFTMAX_WEIGHT);
        biasTensor = shape.tensor(TensorRole.SOFTMAX_BIAS);
        bias = new float[symbols];
        row = new float[symbols];
        weight = weights.factor(weightTensor, 0, shape.softmaxInput());
        input = buffers.reserve(rows, weight.k());
        logits = buffers.reserveDense(rows, symbols);
        product = products.product(input, 0, rows, weight, logits, false);
    }

    void addBackward(Products products, Buffers buffers, boolean adds) {
        probabilities = buffers.reserveDense(rows, symbols);
        inputGradient = buffers.reserve(rows, weight.k());
        inputBackward = products.product(probabilities, 0, rows, weight.transpose(), inputGradient, false);
        weightGradient = products.gradient(input, probabilities, weights.gradient(weightTensor), adds);
        biasGradient = new float[symbols];
        memory.desc layout = OneDnn.float32(rows, symbols, symbols); // oneDNN's softmax supports dense rows only
        softmax = new softmax_forward(new softmax_forward.primitive_desc(
                oneDnn.engine(), dnnl.prop_kind.forward_inference, dnnl.algorithm.softmax_accurate, layout, layout, 1));
        softmaxInput = oneDnn.unbound(layout);
        softmaxOutput = oneDnn.unbound(layout);
        softmaxArguments =
                new IntMemoryMap().put(dnnl.DNNL_ARG_SRC, softmaxInput).put(dnnl.DNNL_ARG_DST, softmaxOutput);
    }

    /** To be called after the buffers have been bound. */
    void bind() {
        if (softmax != null) {
            softmaxInput.set_data_handle(logits.from(0, 0).start());
            softmaxOutput.set_data_handle(probabilities.from(0, 0).start());
        }
    }

    /** Writes {@code values} to a row of {@code (T·N)}, from a column of 0 to S on. */
    void putInput(int row, int column, float[] values) {
        input.put(row, column, values);
    }

    /** Overwrites {@code gradient} with that of what {@link #putInput} wrote. */
    void getInputGradient(int row, int column, float[] gradient) {
        inputGradient.get(row, column, gradient);
    }

    void forward() {
        product.compute(0, 0);
        weights.floats(biasTensor).get(0, bias);
        for (int i = 0; i < rows; i++) {
            logits.get(i, 0, row);
            for (int symbol = 0; symbol < symbols; symbol++) {
                row[symbol] += bias[symbol];
            }
            logits.put(i, 0, row);
        }
    }

    /**
     * The loss of the fresh lanes, without unknown targets. The same loop turns the probabilities into the gradient of
     * the weighted loss of all lanes.
     */
    Nats loss(Slice slice) {
        oneDnn.execute(softmax, softmaxArguments);
        Arrays.fill(biasGradient, 0);
        double text = 0;
        double endOfText = 0;
        for (int i = 0; i < rows; i++) {
            int lane = i % slice.lanes();
            int target = slice.target(i / slice.lanes(), lane);
            if (Alphabet.isUnknown(target)) {
                Arrays.fill(row, 0);
                probabilities.put(i, 0, row);
                continue;
            }
            probabilities.get(i, 0, row);
            float probability = row[target];
            row[target] -= 1;
            float laneWeight = (float) slice.weight(lane);
            for (int symbol = 0; symbol < symbols; symbol++) {
                row[symbol] *= laneWeight;
                biasGradient[symbol] += row[symbol];
            }
            probabilities.put(i, 0, row);
            if (!slice.isFresh(lane)) {
                continue;
            }
            double nats = probability > SMALL ? -Math.log(probability) : natsFromLogits(i, target);
            if (target == Alphabet.END_OF_TEXT) {
                endOfText += nats;
            } else {
                text += nats;
            }
        }
        return new Nats(text, endOfText);
    }

    /** After {@link #loss}. */
    void backward() {
        inputBackward.compute(0, 0);
    }

    /** After {@link #loss}. */
    void matrixGradient(int part) {
        weightGradient.compute(part);
    }

    /** After {@link #loss}. */
    void vectorGradient(boolean add) {
        weights.putGradient(biasTensor, 0, biasGradient, add);
    }

    /** Logits {@code (V)} of a row of {@code (T·N)}. */
    void getLogits(int row, float[] to) {
        logits.get(row, 0, to);
    }

    /** NaN where a logit is; also where the difference of two logits is infinite. */
    private double natsFromLogits(int at, int target) {
        float[] values = new float[symbols];
        getLogits(at, values);
        double max = Double.NEGATIVE_INFINITY;
        for (float value : values) {
            max = Math.max(max, value);
        }
        double sum = 0;
        for (float value : values) {
            sum += Math.exp(value - max);
        }
        return Math.log(sum) + max - values[target];
    }
}
