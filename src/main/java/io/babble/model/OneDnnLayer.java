package io.babble.model;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.lstm_backward;
import org.bytedeco.dnnl.lstm_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.PointerPointer;

/**
 * One LSTM layer over a window, as oneDNN's primitives. Its gates i, f, c~, o are our i, f, g, o, and its plain layout of
 * weights ({@code ldigo}: {@code (1, 1, I, 4, H)}) is ours, so that the flat vectors are read and written in place; only
 * where oneDNN is faster with another layout are the weights reordered, once a step.
 */
final class OneDnnLayer {
    private static final int OVERWRITE_GRADIENTS = dnnl.dnnl_rnn_flags_diff_weights_overwrite;

    private final OneDnn oneDnn;
    private final OneDnnWeights weights;
    private final Buffers buffers;
    private final int layer;
    private final int steps;
    private final int lanes;
    private final int hidden;
    private final long[] inputDimensions; // of the weights for the layer below: (1, 1, I, 4, H)
    private final long[] recurrentDimensions; // (1, 1, H, 4, H)
    private final Buffers.Buffer input; // (T, N, I)
    private final Buffers.Buffer output; // (T, N, H)
    private final Buffers.Buffer h; // (N, H) before the window
    private final Buffers.Buffer c;
    private final Buffers.Buffer hAfter;
    private final Buffers.Buffer cAfter;
    private final lstm_forward.primitive_desc forwardDescription;
    private final lstm_forward forward;
    private final IntMemoryMap forwardArguments;
    private final List<Reordering> reorderings = new ArrayList<>();
    private lstm_backward backward;
    private IntMemoryMap backwardArguments;

    private record Reordering(reorder operation, memory from, memory to) {}

    OneDnnLayer(
            OneDnn oneDnn,
            OneDnnWeights weights,
            Buffers buffers,
            OneDnnPlan.Size size,
            int layer,
            Buffers.Buffer input,
            Buffers.Buffer output) {
        this.oneDnn = oneDnn;
        this.weights = weights;
        this.buffers = buffers;
        this.layer = layer;
        this.input = input;
        this.output = output;
        steps = size.steps();
        lanes = size.lanes();
        hidden = weights.shape().hidden();
        inputDimensions = new long[] {1, 1, weights.shape().inputOf(layer), 4, hidden};
        recurrentDimensions = new long[] {1, 1, hidden, 4, hidden};
        h = buffers.reserve(state());
        c = buffers.reserve(state());
        hAfter = buffers.reserve(state());
        cAfter = buffers.reserve(state());
        forwardDescription = new lstm_forward.primitive_desc(
                oneDnn.engine(),
                size.training() ? dnnl.prop_kind.forward_training : dnnl.prop_kind.forward_inference,
                dnnl.rnn_direction.unidirectional_left2right,
                input.memory().get_desc(),
                state(),
                state(),
                // Decoding comes one step at a time: reordering would cost more than it gains.
                size.training() ? OneDnn.any(inputDimensions) : OneDnn.plain(inputDimensions),
                size.training() ? OneDnn.any(recurrentDimensions) : OneDnn.plain(recurrentDimensions),
                bias(),
                output.memory().get_desc(),
                state(),
                state(),
                OneDnn.attributes(),
                false);
        forward = new lstm_forward(forwardDescription);
        forwardArguments = new IntMemoryMap()
                .put(DNNL_ARG_WEIGHTS_LAYER, weight("input", inputDimensions, forwardDescription.weights_layer_desc()))
                .put(
                        DNNL_ARG_WEIGHTS_ITER,
                        weight("recurrent", recurrentDimensions, forwardDescription.weights_iter_desc()))
                .put(
                        DNNL_ARG_SCRATCHPAD,
                        buffers.reserve(forwardDescription.scratchpad_desc()).memory());
        putShared(forwardArguments);
    }

    /**
     * Adds the way back.
     *
     * @param inputGradient {@code (T, N, I)}, written
     * @param outputGradient {@code (T, N, H)}, read
     * @param zeroState {@code (1, 1, N, H)}, the gradient of the last state: the next window's loss does not reach back
     */
    void addBackward(Buffers.Buffer inputGradient, Buffers.Buffer outputGradient, Buffers.Buffer zeroState) {
        memory workspace = buffers.reserve(forwardDescription.workspace_desc()).memory();
        forwardArguments.put(DNNL_ARG_WORKSPACE, workspace);
        lstm_backward.primitive_desc description = backwardDescription(inputGradient.memory(), outputGradient.memory());
        backward = new lstm_backward(description);
        backwardArguments = new IntMemoryMap()
                .put(DNNL_ARG_WEIGHTS_LAYER, weight("input", inputDimensions, description.weights_layer_desc()))
                .put(DNNL_ARG_WEIGHTS_ITER, weight("recurrent", recurrentDimensions, description.weights_iter_desc()))
                .put(DNNL_ARG_WORKSPACE, workspace)
                .put(DNNL_ARG_DIFF_DST_LAYER, outputGradient.memory())
                .put(DNNL_ARG_DIFF_DST_ITER, zeroState.memory())
                .put(DNNL_ARG_DIFF_DST_ITER_C, zeroState.memory())
                .put(DNNL_ARG_DIFF_SRC_LAYER, inputGradient.memory())
                .put(DNNL_ARG_DIFF_SRC_ITER, buffers.reserve(state()).memory())
                .put(DNNL_ARG_DIFF_SRC_ITER_C, buffers.reserve(state()).memory())
                .put(DNNL_ARG_DIFF_WEIGHTS_LAYER, gradient("input", OneDnn.plain(inputDimensions)))
                .put(DNNL_ARG_DIFF_WEIGHTS_ITER, gradient("recurrent", OneDnn.plain(recurrentDimensions)))
                .put(DNNL_ARG_DIFF_BIAS, gradient("bias", bias()))
                .put(
                        DNNL_ARG_SCRATCHPAD,
                        buffers.reserve(description.scratchpad_desc()).memory());
        putShared(backwardArguments);
    }

    /** Puts the weights into the layouts that the primitives read. */
    void reorderWeights() {
        for (Reordering reordering : reorderings) {
            oneDnn.reorder(reordering.operation(), reordering.from(), reordering.to());
        }
    }

    void forward() {
        oneDnn.execute(forward, forwardArguments);
    }

    void backward() {
        oneDnn.execute(backward, backwardArguments);
    }

    Buffers.Buffer output() {
        return output;
    }

    void readStates(float[][] states) {
        int at = 2 * layer * hidden;
        for (int lane = 0; lane < lanes; lane++) {
            h.floats().put(lane * hidden, states[lane], at, hidden);
            c.floats().put(lane * hidden, states[lane], at + hidden, hidden);
        }
    }

    void writeStates(float[][] states) {
        int at = 2 * layer * hidden;
        for (int lane = 0; lane < lanes; lane++) {
            hAfter.floats().get(lane * hidden, states[lane], at, hidden);
            cAfter.floats().get(lane * hidden, states[lane], at + hidden, hidden);
        }
    }

    private void putShared(IntMemoryMap arguments) {
        arguments
                .put(DNNL_ARG_SRC_LAYER, input.memory())
                .put(DNNL_ARG_SRC_ITER, h.memory())
                .put(DNNL_ARG_SRC_ITER_C, c.memory())
                .put(DNNL_ARG_BIAS, weights.weight(name("bias"), bias()))
                .put(DNNL_ARG_DST_LAYER, output.memory())
                .put(DNNL_ARG_DST_ITER, hAfter.memory())
                .put(DNNL_ARG_DST_ITER_C, cAfter.memory());
    }

    /** The flat vector itself where its layout is the wanted one, else a copy that {@link #reorderWeights} renews. */
    private memory weight(String tensor, long[] dimensions, memory.desc wanted) {
        memory flat = weights.weight(name(tensor), OneDnn.plain(dimensions));
        if (flat.get_desc().equals(wanted)) {
            return flat;
        }
        memory copy = buffers.reserve(wanted).memory();
        reorderings.add(new Reordering(new reorder(flat, copy), flat, copy));
        return copy;
    }

    private memory gradient(String tensor, memory.desc layout) {
        return weights.gradient(name(tensor), layout);
    }

    private String name(String tensor) {
        return "layer" + layer + "." + tensor;
    }

    private memory.desc state() {
        return OneDnn.plain(1, 1, lanes, hidden);
    }

    private memory.desc bias() {
        return OneDnn.plain(1, 1, 4, hidden);
    }

    /** By oneDNN's C interface: its C++ one cannot ask for gradients that overwrite, and the vector would need zeroing. */
    private lstm_backward.primitive_desc backwardDescription(memory inputGradient, memory outputGradient) {
        PointerPointer<dnnl_primitive_desc> created = new PointerPointer<>(1);
        memory.desc state = state();
        primitive_attr attributes = OneDnn.attributes();
        int status = dnnl.dnnl_lstm_backward_primitive_desc_create(
                created,
                oneDnn.engine().get(),
                dnnl.prop_kind.backward.value,
                dnnl.rnn_direction.unidirectional_left2right.value,
                input.memory().get_desc().get(),
                state.get(),
                state.get(),
                OneDnn.any(inputDimensions).get(),
                OneDnn.any(recurrentDimensions).get(),
                null,
                null,
                bias().get(),
                output.memory().get_desc().get(),
                state.get(),
                state.get(),
                inputGradient.get_desc().get(),
                state.get(),
                state.get(),
                OneDnn.plain(inputDimensions).get(),
                OneDnn.plain(recurrentDimensions).get(),
                null,
                null,
                bias().get(),
                outputGradient.get_desc().get(),
                state.get(),
                state.get(),
                OVERWRITE_GRADIENTS,
                forwardDescription.get(),
                attributes.get());
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN has no LSTM backward for layer " + layer + " at " + steps
                    + " steps of " + lanes + " lanes: status " + status);
        }
        dnnl_primitive_desc handle = created.get(dnnl_primitive_desc.class, 0);
        try {
            return new lstm_backward.primitive_desc(handle);
        } finally {
            dnnl.dnnl_primitive_desc_destroy(handle);
        }
    }
}
