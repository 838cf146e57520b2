package io.babble.model;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.BytePointer;

/**
 * The buffers of one plan, laid out one after another without memory of their own. Plans run one at a time and keep nothing
 * between runs, so all of them are bound to the same vector: memory is that of the largest plan, not of all.
 */
final class Buffers {
    private static final int LINE_FLOATS = 16;

    private final engine cpu;
    private final BytePointer unbound = new BytePointer(1); // in place of the null that the preset refuses
    private final List<Buffer> buffers = new ArrayList<>();
    private long length;

    Buffers(engine cpu) {
        this.cpu = cpu;
    }

    /** A place in the vector. */
    final class Buffer {
        private final memory view;
        private final long offset;
        private final long length;
        private NativeVector vector;
        private FloatBuffer floats;

        private Buffer(memory.desc layout, long offset, long length) {
            this.view = new memory(layout, cpu, unbound);
            this.offset = offset;
            this.length = length;
            buffers.add(this);
        }

        memory memory() {
            return view;
        }

        /** Java's view. */
        FloatBuffer floats() {
            return floats;
        }

        /** Another view of the same floats. */
        Buffer as(memory.desc layout) {
            return new Buffer(layout, offset, length);
        }

        void zero() {
            vector.zero(offset, length);
        }

        private void bind(NativeVector vector) {
            this.vector = vector;
            view.set_data_handle(vector.at(offset));
            floats = vector.floats(offset, (int) Math.min(length, Integer.MAX_VALUE / Float.BYTES));
        }
    }

    Buffer reserve(memory.desc layout) {
        long floats = (layout.get_size() + Float.BYTES - 1) / Float.BYTES;
        Buffer buffer = new Buffer(layout, length, floats);
        length += (floats + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
        return buffer;
    }

    /** Floats that {@link #bind} needs. */
    long length() {
        return length;
    }

    void bind(NativeVector vector) {
        for (Buffer buffer : buffers) {
            buffer.bind(vector);
        }
    }
}
