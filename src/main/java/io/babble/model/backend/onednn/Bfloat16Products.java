package io.babble.model.backend.onednn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.ShortPointer;

/**
 * oneDNN's products of bfloat16 that accumulate in float32. The first factor is rounded into a copy of its buffer,
 * which the gradients read later.
 */
final class Bfloat16Products implements Products {
    private final OneDnn oneDnn;
    private final CopiedWeights weights;
    private final Buffers buffers;
    private final int parts;
    private final Map<Buffers.Buffer, Buffers.Buffer> rounded = new HashMap<>();

    /**
     * Products of buffers that are reserved in {@code buffers}.
     *
     * @param parts number of parts that each gradient is cut into
     */
    Bfloat16Products(OneDnn oneDnn, CopiedWeights weights, Buffers buffers, int parts) {
        this.oneDnn = oneDnn;
        this.weights = weights;
        this.buffers = buffers;
        this.parts = parts;
    }

    @Override
    public Product product(Buffers.Buffer read, int column, long rows, Factor factor, Buffers.Buffer to, boolean add) {
        memory.desc values = OneDnn.float32(rows, factor.k(), read.stride());
        memory.desc halves = OneDnn.bfloat16(rows, factor.k(), read.stride(), 1);
        memory.desc sum = OneDnn.float32(rows, factor.n(), to.stride());
        Reordering rounding = new Reordering(oneDnn, values, halves);
        primitive_attr attributes = attributes(add);
        CopiedWeights.Copied copied =
                weights.copy(factor, () -> describe(halves, OneDnn.bfloat16(factor), sum, attributes)
                        .weights_desc());
        Matmul matmul = new Matmul(halves, copied.layout(), sum, attributes);
        Buffers.Buffer copy = rounded(read);
        return (from, at) -> {
            ShortPointer start = halves(copy, from * read.stride() + column);
            rounding.copy(read.from(from, column).start(), start);
            matmul.compute(start, copied.start(), to.from(at, 0).start());
        };
    }

    @Override
    public Gradient gradient(Buffers.Buffer read, Buffers.Buffer outputs, Matrix to, boolean add) {
        List<Gradient> gradients = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            gradients.add(gradient(read, outputs, Part.of(read.columns(), outputs.columns(), part, parts), to, add));
        }
        return part -> gradients.get(part).compute(part);
    }

    private Gradient gradient(Buffers.Buffer read, Buffers.Buffer outputs, Part part, Matrix to, boolean add) {
        if (part.isEmpty()) {
            return same -> {};
        }
        memory.desc a = OneDnn.bfloat16(part.rows(), read.rows(), 1, read.stride());
        memory.desc b = OneDnn.bfloat16(read.rows(), part.columns(), outputs.stride(), 1);
        memory.desc sum = OneDnn.float32(part.rows(), part.columns(), to.stride());
        Matmul matmul = new Matmul(a, b, sum, attributes(add));
        Buffers.Buffer readCopy = rounded(read);
        Buffers.Buffer outputsCopy = rounded(outputs);
        return same -> matmul.compute(
                halves(readCopy, part.row()),
                halves(outputsCopy, part.column()),
                to.from(part.row(), part.column()).start());
    }

    private static primitive_attr attributes(boolean add) {
        primitive_attr attributes = new primitive_attr();
        attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
        if (add) {
            post_ops operations = new post_ops();
            operations.append_sum();
            attributes.set_post_ops(operations);
        }
        return attributes;
    }

    private matmul.primitive_desc describe(memory.desc a, memory.desc b, memory.desc sum, primitive_attr attributes) {
        return new matmul.primitive_desc(oneDnn.engine(), a, b, sum, attributes, false);
    }

    private Buffers.Buffer rounded(Buffers.Buffer buffer) {
        return rounded.computeIfAbsent(
                buffer, key -> buffers.reserveDense((buffer.rows() * buffer.stride() + 1) / 2, 1));
    }

    private static ShortPointer halves(Buffers.Buffer buffer, long offset) {
        return new ShortPointer(buffer.from(0, 0).start()).getPointer(offset);
    }

    /**
     * A product whose memory is bound before each computation; it has its own scratchpad, as products run concurrently.
     */
    private final class Matmul {
        private final matmul primitive;
        private final memory a;
        private final memory b;
        private final memory to;
        private final memory scratchpad;
        private final Buffers.Buffer scratch;
        private final IntMemoryMap arguments;

        Matmul(memory.desc ofA, memory.desc ofB, memory.desc sum, primitive_attr attributes) {
            matmul.primitive_desc description = describe(ofA, ofB, sum, attributes);
            primitive = new matmul(description);
            a = oneDnn.unbound(ofA);
            b = oneDnn.unbound(description.weights_desc());
            to = oneDnn.unbound(sum);
            scratchpad = oneDnn.unbound(description.scratchpad_desc());
            scratch = buffers.reserveDense(description.scratchpad_desc().get_size() / Float.BYTES + 1, 1);
            arguments = new IntMemoryMap()
                    .put(dnnl.DNNL_ARG_SRC, a)
                    .put(dnnl.DNNL_ARG_WEIGHTS, b)
                    .put(dnnl.DNNL_ARG_DST, to)
                    .put(dnnl.DNNL_ARG_SCRATCHPAD, scratchpad);
        }

        void compute(Pointer atA, Pointer atB, Pointer atSum) {
            a.set_data_handle(atA);
            b.set_data_handle(atB);
            to.set_data_handle(atSum);
            scratchpad.set_data_handle(scratch.from(0, 0).start());
            oneDnn.execute(primitive, arguments);
        }
    }
}
