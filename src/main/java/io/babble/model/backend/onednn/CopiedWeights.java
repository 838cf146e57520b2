package io.babble.model.backend.onednn;

import io.babble.model.Precision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Copies of the weights of a backend in the layouts that its products read. Plans, also those of other threads, share
 * the copies: the first product with a factor determines its layout. After each change of the weights the copies have
 * to be {@linkplain #refresh refreshed}.
 */
final class CopiedWeights implements AutoCloseable {
    private final Precision precision;
    private final int parts;
    private final NativeMemory share;
    private final OneDnn oneDnn;
    private final Map<Factor, Copy> copies = new HashMap<>();

    /**
     * Without copies.
     *
     * @param parts number of parts that each gradient is cut into
     * @param share that each copy is added to
     * @throws UnsupportedOperationException if this CPU has no instructions for this precision
     */
    CopiedWeights(Precision precision, int parts, NativeMemory share) {
        if (precision == Precision.BFLOAT16 && !OneDnn.hasBfloat16()) {
            throw new UnsupportedOperationException(
                    "This CPU does not compute in the precision bfloat16, as it has no AVX512_BF16: choose float32");
        }
        this.precision = precision;
        this.parts = parts;
        this.share = share;
        oneDnn = new OneDnn();
    }

    /** A layout, and the first element of the weights in it. */
    record Copied(memory.desc layout, FloatPointer start) {}

    private final class Copy {
        private final Factor factor;
        private final NativeVector vector;
        private final PointerScope scope;
        private final memory.desc layout;
        private final Reordering reordering;

        Copy(Factor factor, memory.desc preferred) {
            this.factor = factor;
            long floats = preferred.get_size() / Float.BYTES + 1;
            share.reserve(share.share() + NativeVector.bytes(floats));
            vector = new NativeVector(floats);
            try (PointerScope made = new PointerScope()) {
                layout = oneDnn.unbound(preferred).get_desc(); // a duplicate: the plan frees its own
                reordering = new Reordering(oneDnn, OneDnn.float32(factor), layout);
                scope = made.extend();
            } catch (RuntimeException | Error e) {
                vector.close();
                throw e;
            }
            refresh();
        }

        void refresh() {
            reordering.copy(factor.weights().start(), vector.at(0));
        }

        void close() {
            scope.deallocate();
            vector.close();
        }
    }

    /**
     * The products of a plan.
     *
     * @param buffers in which the products reserve what they need, too
     * @param learning whether the plan has a backward pass
     */
    Products products(OneDnn ofPlan, Buffers buffers, boolean learning) {
        return switch (precision) {
            case FLOAT32 -> new Float32Products(this, parts, learning);
            case BFLOAT16 -> new Bfloat16Products(ofPlan, this, buffers, parts);
        };
    }

    /**
     * The copy of a factor, shared by all that ask for it.
     *
     * @param preferred gives the layout of a new copy; not called if there is one
     */
    synchronized Copied copy(Factor factor, Supplier<memory.desc> preferred) {
        Copy copy = copies.get(factor);
        if (copy == null) {
            copy = new Copy(factor, preferred.get());
            copies.put(factor, copy);
        }
        return new Copied(copy.layout, copy.vector.at(0));
    }

    /** Copies the weights again, to be called after each change of them. */
    void refresh(Threads threads) {
        List<Copy> all = all();
        if (all.isEmpty()) {
            return;
        }
        threads.each(all.size(), index -> {
            OneDnn.computeAlone();
            all.get(index).refresh();
            return null;
        });
    }

    private synchronized List<Copy> all() {
        return List.copyOf(copies.values());
    }

    @Override
    public void close() {
        all().forEach(Copy::close);
        oneDnn.close();
    }
}
