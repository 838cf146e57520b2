package io.babble.model.backend.onednn;

import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * oneDNN on this machine's CPU. It keeps nothing between primitives, so that several threads may execute some at once that share no
 * memory; a scratchpad is memory.
 */
final class OneDnn implements AutoCloseable {
    /** Compiled primitives that oneDNN keeps in the process after their plans are gone; its default of 1024 is some 400 MiB. */
    private static final int CACHED_PRIMITIVES = 256;

    private final engine cpu;
    private final stream queue;

    OneDnn() {
        dnnl.dnnl_set_primitive_cache_capacity(CACHED_PRIMITIVES);
        cpu = new engine(org.bytedeco.dnnl.engine.kind.cpu, 0);
        queue = new stream(cpu);
    }

    engine engine() {
        return cpu;
    }

    /**
     * Makes the calling thread compute alone: OpenMP's threads wait for each other at every small product. OpenMP keeps their
     * number per calling thread, and ND4J and oneDNN share one OpenMP library in the process, so that ND4J's setter reaches
     * oneDNN too.
     */
    static void computeAlone() {
        Nd4j.getBackend(); // ND4J knows its native library only when it has chosen one
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    void execute(primitive operation, IntMemoryMap arguments) {
        operation.execute(queue, arguments);
    }

    /**
     * Whether this CPU multiplies bfloat16 by instructions of its own. oneDNN would round in software on any CPU with AVX-512, and be
     * slower than in float32.
     */
    static boolean hasBfloat16() {
        return (dnnl.dnnl_get_effective_cpu_isa() & dnnl.dnnl_cpu_isa_avx512_core_bf16)
                == dnnl.dnnl_cpu_isa_avx512_core_bf16;
    }

    /** Row-major float32, {@code stride} elements from one row to the next. */
    static memory.desc float32(long rows, long columns, long stride) {
        return new memory.desc(new long[] {rows, columns}, memory.data_type.f32, new long[] {stride, 1});
    }

    /** A factor as it lies. */
    static memory.desc float32(Factor factor) {
        long stride = factor.weights().stride();
        return new memory.desc(
                new long[] {factor.k(), factor.n()},
                memory.data_type.f32,
                factor.transposed() ? new long[] {1, stride} : new long[] {stride, 1});
    }

    static memory.desc bfloat16(long rows, long columns, long rowStride, long columnStride) {
        return new memory.desc(new long[] {rows, columns}, memory.data_type.bf16, new long[] {rowStride, columnStride});
    }

    /** In whatever layout a primitive likes best. */
    static memory.desc bfloat16(Factor factor) {
        return new memory.desc(new long[] {factor.k(), factor.n()}, memory.data_type.bf16, memory.format_tag.any);
    }

    /** A view that gets its place later. */
    memory unbound(memory.desc layout) {
        return new memory(layout, cpu, new BytePointer(1)); // in place of the null that the preset refuses
    }

    @Override
    public void close() {
        queue.close();
        cpu.close();
    }
}
