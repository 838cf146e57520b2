package io.babble.model;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.global.dnnl.scratchpad_mode;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** oneDNN on this machine's CPU, with a fixed number of threads. */
final class OneDnn implements AutoCloseable {
    /** Compiled primitives that oneDNN keeps in the process after their plans are gone; its default of 1024 is some 400 MiB. */
    private static final int CACHED_PRIMITIVES = 256;

    private final NativeOps nd4j = NativeOpsHolder.getInstance().getDeviceNativeOps();
    private final engine cpu;
    private final stream queue;
    private final int threads;

    OneDnn(int threads) {
        this.threads = threads;
        dnnl.dnnl_set_primitive_cache_capacity(CACHED_PRIMITIVES);
        cpu = new engine(org.bytedeco.dnnl.engine.kind.cpu, 0);
        queue = new stream(cpu);
    }

    engine engine() {
        return cpu;
    }

    /**
     * Makes the calling thread compute with this instance's number of threads. OpenMP keeps that number per calling thread,
     * and ND4J and oneDNN share one OpenMP library in the process, so that ND4J's setter reaches oneDNN too.
     */
    void enter() {
        nd4j.setOmpNumThreads(threads);
    }

    void execute(primitive operation, IntMemoryMap arguments) {
        operation.execute(queue, arguments);
    }

    void reorder(reorder operation, memory from, memory to) {
        operation.execute(queue, from, to);
    }

    void await() {
        queue._wait();
    }

    /** Row-major. */
    static memory.desc plain(long... dimensions) {
        long[] strides = new long[dimensions.length];
        long stride = 1;
        for (int i = dimensions.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dimensions[i];
        }
        return strided(dimensions, strides);
    }

    static memory.desc strided(long[] dimensions, long[] strides) {
        return new memory.desc(dimensions, memory.data_type.f32, strides);
    }

    /** In whatever order oneDNN is fastest with. */
    static memory.desc any(long... dimensions) {
        return new memory.desc(dimensions, memory.data_type.f32, memory.format_tag.any);
    }

    /** Scratch memory comes from the plan, so that it is counted and freed with it. */
    static primitive_attr attributes() {
        primitive_attr attributes = new primitive_attr();
        attributes.set_scratchpad_mode(scratchpad_mode.user);
        return attributes;
    }

    @Override
    public void close() {
        queue.close();
        cpu.close();
    }
}
