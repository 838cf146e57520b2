package io.babble.model;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.babble.text.Bytes;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.softmax_forward;

/**
 * The softmax over a window and its loss. What several layers give is a sum of one product a layer, so that no layer's
 * output is copied. Gradients here are those of the sum of the losses: whoever uses them divides by their number.
 */
final class OneDnnSoftmax {
    /** Below this the probability in float32 no longer has all its digits. */
    private static final float SMALL = 1e-30f;

    private final OneDnn oneDnn;
    private final OneDnnWeights weights;
    private final Buffers buffers;
    private final int rows; // T·N
    private final int hidden;
    private final int symbols;
    private final Buffers.Buffer logits; // (T·N, V)
    private final List<Execution> forward = new ArrayList<>();
    private final List<Execution> weightGradients = new ArrayList<>();
    private final List<Execution> outputGradients = new ArrayList<>(); // as the reading layers, from the first
    private Buffers.Buffer ones; // (1, T·N)
    private Buffers.Buffer probabilities; // (T·N, V), then p − 1 at the target

    private record Execution(primitive operation, IntMemoryMap arguments) {}

    /** A layer's output {@code (T·N, H)} or its gradient in a buffer with {@code stride} floats between rows. */
    record Rows(Buffers.Buffer buffer, int stride) {}

    /** @param outputs of the layers that the softmax reads, from the first */
    OneDnnSoftmax(OneDnn oneDnn, OneDnnWeights weights, Buffers buffers, OneDnnPlan.Size size, List<Rows> outputs) {
        this.oneDnn = oneDnn;
        this.weights = weights;
        this.buffers = buffers;
        rows = size.lanes() * size.steps();
        hidden = weights.shape().hidden();
        symbols = weights.shape().symbols();
        logits = buffers.reserve(OneDnn.plain(rows, symbols));
        for (int i = 0; i < outputs.size(); i++) {
            Execution product = product(
                    matrix(outputs.get(i)),
                    weights.weight("softmax.weight", i * hidden, OneDnn.plain(hidden, symbols)),
                    i == 0 ? OneDnn.plain(1, symbols) : new memory.desc(),
                    logits.memory(),
                    i > 0);
            if (i == 0) {
                product.arguments().put(DNNL_ARG_BIAS, weights.weight("softmax.bias", OneDnn.plain(1, symbols)));
            }
            forward.add(product);
        }
    }

    /** @param gradients of {@code outputs}, where that of the last layer is written and the others are added to */
    void addBackward(List<Rows> outputs, List<Rows> gradients) {
        probabilities = buffers.reserve(OneDnn.plain(rows, symbols));
        memory difference = probabilities.memory();
        softmax_forward.primitive_desc softmax = new softmax_forward.primitive_desc(
                oneDnn.engine(),
                dnnl.prop_kind.forward_inference,
                dnnl.algorithm.softmax_accurate,
                logits.memory().get_desc(),
                difference.get_desc(),
                1,
                OneDnn.attributes(),
                false);
        forward.add(new Execution(
                new softmax_forward(softmax),
                new IntMemoryMap()
                        .put(DNNL_ARG_SRC, logits.memory())
                        .put(DNNL_ARG_DST, difference)
                        .put(
                                DNNL_ARG_SCRATCHPAD,
                                buffers.reserve(softmax.scratchpad_desc()).memory())));
        for (int i = 0; i < outputs.size(); i++) {
            Rows output = outputs.get(i);
            Buffers.Buffer transposed =
                    output.buffer().as(OneDnn.strided(new long[] {hidden, rows}, new long[] {1, output.stride()}));
            weightGradients.add(product(
                    transposed.memory(),
                    difference,
                    new memory.desc(),
                    weights.gradient("softmax.weight", i * hidden, OneDnn.plain(hidden, symbols)),
                    false));
            outputGradients.add(product(
                    difference,
                    weights.weight(
                            "softmax.weight",
                            i * hidden,
                            OneDnn.strided(new long[] {symbols, hidden}, new long[] {1, symbols})),
                    new memory.desc(),
                    matrix(gradients.get(i)),
                    i < outputs.size() - 1));
        }
        // A sum over rows as a product with ones: the reduction primitive refuses a single row.
        ones = buffers.reserve(OneDnn.plain(1, rows));
        weightGradients.add(product(
                ones.memory(),
                difference,
                new memory.desc(),
                weights.gradient("softmax.bias", OneDnn.plain(1, symbols)),
                false));
    }

    /** Logits and, in a training plan, probabilities. */
    void forward() {
        forward.forEach(this::execute);
    }

    /** The loss against targets {@code (T, N)}, in one pass that also turns the probabilities into their gradient. */
    Nats loss(int[] targets) {
        FloatBuffer probability = probabilities.floats();
        double text = 0;
        double endOfText = 0;
        for (int row = 0; row < rows; row++) {
            int at = row * symbols + targets[row];
            float p = probability.get(at);
            double nats = p > SMALL ? -Math.log(p) : natsFromLogits(row, targets[row]);
            probability.put(at, p - 1);
            if (targets[row] == Bytes.END_OF_TEXT) {
                endOfText += nats;
            } else {
                text += nats;
            }
        }
        return new Nats(text, endOfText);
    }

    record Nats(double text, double endOfText) {}

    void backwardToWeights() {
        float[] filled = new float[rows];
        Arrays.fill(filled, 1);
        ones.floats().put(0, filled);
        weightGradients.forEach(this::execute);
    }

    /** @param reader index among the layers that the softmax reads */
    void backwardTo(int reader) {
        execute(outputGradients.get(reader));
    }

    /** Logits {@code (N, V)} of a window of one step. */
    void writeLogits(float[][] to) {
        for (int lane = 0; lane < rows; lane++) {
            logits.floats().get(lane * symbols, to[lane], 0, symbols);
        }
    }

    private void execute(Execution execution) {
        oneDnn.execute(execution.operation(), execution.arguments());
    }

    /** NaN where a logit is; also where the difference of two logits is infinite. */
    private double natsFromLogits(int row, int target) {
        float[] values = new float[symbols];
        logits.floats().get(row * symbols, values, 0, symbols);
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

    private memory matrix(Rows rowsOf) {
        return rowsOf.buffer()
                .as(OneDnn.strided(new long[] {rows, hidden}, new long[] {rowsOf.stride(), 1}))
                .memory();
    }

    /** {@code a × b + bias}, added to what is there if {@code accumulate}. */
    private Execution product(memory a, memory b, memory.desc bias, memory to, boolean accumulate) {
        primitive_attr attributes = OneDnn.attributes();
        if (accumulate) {
            post_ops sum = new post_ops();
            sum.append_sum();
            attributes.set_post_ops(sum);
        }
        matmul.primitive_desc description = bias.is_zero()
                ? new matmul.primitive_desc(
                        oneDnn.engine(), a.get_desc(), b.get_desc(), to.get_desc(), attributes, false)
                : new matmul.primitive_desc(
                        oneDnn.engine(), a.get_desc(), b.get_desc(), bias, to.get_desc(), attributes, false);
        IntMemoryMap arguments = new IntMemoryMap()
                .put(DNNL_ARG_SRC, a)
                .put(DNNL_ARG_WEIGHTS, b)
                .put(DNNL_ARG_DST, to)
                .put(
                        DNNL_ARG_SCRATCHPAD,
                        buffers.reserve(description.scratchpad_desc()).memory());
        return new Execution(new matmul(description), arguments);
    }
}
