package io.babble.model.backend.onednn;

import io.babble.model.Precision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * The weights of a backend as its products read them, each copied into the layout that the first product with it asked for; plans
 * share the copies. Whoever changes the weights has them copied anew.
 */
final class CopiedWeights implements AutoCloseable {
    private final Precision precision;
    private final int parts;
    private final NativeMemory share;
    private final OneDnn oneDnn;
    private final Map<Factor, Copy> copies = new HashMap<>();

    /**
     * No copies yet.
     *
     * @param parts of each gradient
     * @param share that grows by each copy
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

    /** Some weights in one layout. */
    private final class Copy {
        private final Factor factor;
        private final NativeVector place;
        private final PointerScope scope;
        private final memory.desc layout;
        private final Reordering reordering;

        Copy(Factor factor, memory.desc asked) {
            this.factor = factor;
            long floats = asked.get_size() / Float.BYTES + 1;
            share.reserve(share.share() + NativeVector.bytes(floats));
            place = new NativeVector(floats);
            try (PointerScope made = new PointerScope()) {
                layout = oneDnn.unbound(asked).get_desc(); // that of the plan goes with it
                reordering = new Reordering(oneDnn, OneDnn.float32(factor), layout);
                scope = made.extend();
            } catch (RuntimeException | Error e) {
                place.close();
                throw e;
            }
            refresh();
        }

        void refresh() {
            reordering.copy(factor.weights().start(), place.at(0));
        }

        void close() {
            scope.deallocate();
            place.close();
        }
    }

    /**
     * What a plan multiplies with.
     *
     * @param buffers what the products need for themselves is reserved there, too
     * @param learning whether the plan goes back
     */
    Products products(OneDnn ofPlan, Buffers buffers, boolean learning) {
        return switch (precision) {
            case FLOAT32 -> new Float32Products(this, parts, learning);
            case BFLOAT16 -> new Bfloat16Products(ofPlan, this, buffers, parts);
        };
    }

    /** The layout in which a factor is kept; none as long as nobody has multiplied with it. */
    synchronized Optional<memory.desc> layout(Factor factor) {
        return Optional.ofNullable(copies.get(factor)).map(copy -> copy.layout);
    }

    /**
     * The copy of a factor.
     *
     * @param layout as {@link #layout}, or what a product asks for where there is none
     */
    synchronized FloatPointer copy(Factor factor, memory.desc layout) {
        return copies.computeIfAbsent(factor, key -> new Copy(key, layout))
                .place
                .at(0);
    }

    /** To be called whenever the weights have changed. */
    void changed(Threads threads) {
        List<Copy> all = List.copyOf(copies.values());
        if (all.isEmpty()) {
            return;
        }
        threads.each(all.size(), index -> {
            OneDnn.computeAlone();
            all.get(index).refresh();
            return null;
        });
    }

    @Override
    public void close() {
        copies.values().forEach(Copy::close);
        oneDnn.close();
    }
}
