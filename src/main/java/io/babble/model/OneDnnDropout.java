package io.babble.model;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import java.util.Arrays;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;

/** Multiplies what the layer above reads, and on the way back its gradient, with a {@link DropoutMask}. */
final class OneDnnDropout {
    private final OneDnn oneDnn;
    private final Buffers buffers;
    private final Buffers.Buffer mask; // (T, N, H)
    private final float[] drawn;
    private final binary forward;
    private final IntMemoryMap forwardArguments;
    private final binary backward;
    private final IntMemoryMap backwardArguments;

    /**
     * Each is {@code (T, N, H)}.
     *
     * @param output of the layer below
     * @param masked where the layer above reads
     * @param gradient of {@code masked}, changed in place
     */
    OneDnnDropout(
            OneDnn oneDnn, Buffers buffers, Buffers.Buffer output, Buffers.Buffer masked, Buffers.Buffer gradient) {
        this.oneDnn = oneDnn;
        this.buffers = buffers;
        mask = buffers.reserve(output.memory().get_desc());
        drawn = new float[(int) (output.memory().get_desc().get_size() / Float.BYTES)];
        forwardArguments = new IntMemoryMap();
        forward = product(output.memory(), masked.memory(), forwardArguments);
        backwardArguments = new IntMemoryMap();
        backward = product(gradient.memory(), gradient.memory(), backwardArguments);
    }

    void draw(long seed, int layer, double probability) {
        DropoutMask.fill(drawn, seed, layer, probability);
        mask.floats().put(0, drawn);
    }

    /** Drops nothing: for measuring. */
    void keepAll() {
        Arrays.fill(drawn, 1);
        mask.floats().put(0, drawn);
    }

    void forward() {
        oneDnn.execute(forward, forwardArguments);
    }

    void backward() {
        oneDnn.execute(backward, backwardArguments);
    }

    private binary product(memory from, memory to, IntMemoryMap arguments) {
        binary.primitive_desc description = new binary.primitive_desc(
                oneDnn.engine(),
                dnnl.algorithm.binary_mul,
                from.get_desc(),
                mask.memory().get_desc(),
                to.get_desc(),
                OneDnn.attributes(),
                false);
        arguments
                .put(DNNL_ARG_SRC_0, from)
                .put(DNNL_ARG_SRC_1, mask.memory())
                .put(DNNL_ARG_DST, to)
                .put(
                        DNNL_ARG_SCRATCHPAD,
                        buffers.reserve(description.scratchpad_desc()).memory());
        return new binary(description);
    }
}
