package io.babble.model.backend.onednn;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.Pointer;

/** Copies a matrix from one layout and precision to another; belongs to one thread at a time. */
final class Reordering {
    private final OneDnn oneDnn;
    private final memory from;
    private final memory to;
    private final reorder primitive;
    private final IntMemoryMap arguments;

    Reordering(OneDnn oneDnn, memory.desc from, memory.desc to) {
        this.oneDnn = oneDnn;
        this.from = oneDnn.unbound(from);
        this.to = oneDnn.unbound(to);
        primitive_attr attributes = new primitive_attr();
        attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user);
        reorder.primitive_desc description =
                new reorder.primitive_desc(oneDnn.engine(), from, oneDnn.engine(), to, attributes, false);
        primitive = new reorder(description);
        arguments = new IntMemoryMap()
                .put(dnnl.DNNL_ARG_FROM, this.from)
                .put(dnnl.DNNL_ARG_TO, this.to)
                .put(dnnl.DNNL_ARG_SCRATCHPAD, new memory(description.scratchpad_desc(), oneDnn.engine()));
    }

    void copy(Pointer values, Pointer place) {
        from.set_data_handle(values);
        to.set_data_handle(place);
        oneDnn.execute(primitive, arguments);
    }
}
