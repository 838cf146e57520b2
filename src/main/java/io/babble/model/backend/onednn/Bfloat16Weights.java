package io.babble.model.backend.onednn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * The weights of a backend rounded to bfloat16, each in the layout that the first product with it asked for; plans share them. Whoever
 * changes the weights has them rounded anew.
 */
final class Bfloat16Weights implements Products.Maker {
    private final int parts;
    private final NativeMemory share;
    private final OneDnn oneDnn;
    private final Map<Factor, Copy> copies = new HashMap<>();

    /**
     * No copies yet.
     *
     * @param parts of each gradient
     * @param share that grows by each copy
     * @throws UnsupportedOperationException if this CPU has no instructions for bfloat16
     */
    Bfloat16Weights(int parts, NativeMemory share) {
        if (!OneDnn.hasBfloat16()) {
            throw new UnsupportedOperationException(
                    "This CPU does not compute in the precision bfloat16, as it has no AVX512_BF16: choose float32");
        }
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
        private final Rounding rounding;

        Copy(Factor factor, memory.desc asked) {
            this.factor = factor;
            long floats = asked.get_size() / Float.BYTES + 1;
            share.reserve(share.share() + NativeVector.bytes(floats));
            place = new NativeVector(floats);
            try (PointerScope made = new PointerScope()) {
                layout = oneDnn.unbound(asked).get_desc(); // that of the plan goes with it
                rounding = new Rounding(oneDnn, OneDnn.float32(factor), layout);
                scope = made.extend();
            } catch (RuntimeException | Error e) {
                place.close();
                throw e;
            }
            round();
        }

        void round() {
            rounding.round(factor.weights().start(), place.at(0));
        }

        void close() {
            scope.deallocate();
            place.close();
        }
    }

    @Override
    public Products of(OneDnn ofPlan, Buffers buffers) {
        return new Bfloat16Products(ofPlan, this, buffers, parts);
    }

    /** The layout in which a factor is kept, or any as long as nobody has multiplied with it. */
    memory.desc layout(Factor factor) {
        Copy copy = copies.get(factor);
        return copy == null ? OneDnn.bfloat16(factor) : copy.layout;
    }

    /**
     * A factor rounded.
     *
     * @param layout as {@link #layout}, or what a product has made of it where that is any
     */
    FloatPointer rounded(Factor factor, memory.desc layout) {
        return copies.computeIfAbsent(factor, key -> new Copy(key, layout))
                .place
                .at(0);
    }

    @Override
    public void changed(Threads threads) {
        List<Copy> all = new ArrayList<>(copies.values());
        threads.each(all.size(), index -> {
            OneDnn.computeAlone();
            all.get(index).round();
            return null;
        });
    }

    @Override
    public void close() {
        copies.values().forEach(Copy::close);
        oneDnn.close();
    }
}
