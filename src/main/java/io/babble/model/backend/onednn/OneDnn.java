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
 * oneDNN on the CPU of this machine. It has no state between primitives: several threads may execute primitives at the
 * same time if these share no memory, scratchpads included.
 */
final class OneDnn implements AutoCloseable {
    /**
     * Compiled primitives that oneDNN caches for the process after their plans are closed; its default of 1024 takes
     * about 400 MiB.
     */
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
     * Makes oneDNN use one thread for what the calling thread computes: OpenMP's threads would synchronize at every
     * small product. OpenMP has this setting for each calling thread, and ND4J and oneDNN share one OpenMP library, so
     * that ND4J's setter is oneDNN's, too.
     */
    static void computeAlone() {
        Nd4j.getBackend(); // loads ND4J's native library, which the next line needs
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    void execute(primitive operation, IntMemoryMap arguments) {
        operation.execute(queue, arguments);
    }

    /**
     * Whether this CPU has instructions for products of bfloat16. With AVX-512 alone oneDNN emulates them, slower than
     * float32.
     */
    static boolean hasBfloat16() {
        return (dnnl.dnnl_get_effective_cpu_isa() & dnnl.dnnl_cpu_isa_avx512_core_bf16)
                == dnnl.dnnl_cpu_isa_avx512_core_bf16;
    }

    /** Row-major float32, {@code stride} elements from one row to the next. */
    static memory.desc float32(long rows, long columns, long stride) {
        return new memory.desc(new long[] {rows, columns}, memory.data_type.f32, new long[] {stride, 1});
    }

    /** The layout of a factor's weights. */
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

    /** The layout of the factor that the primitive prefers. */
    static memory.desc bfloat16(Factor factor) {
        return new memory.desc(new long[] {factor.k(), factor.n()}, memory.data_type.bf16, memory.format_tag.any);
    }

    /** A memory object whose address is set later. */
    memory unbound(memory.desc layout) {
        return new memory(layout, cpu, new BytePointer(1)); // JavaCPP's preset does not accept null
    }

    @Override
    public void close() {
        queue.close();
        cpu.close();
    }
}
