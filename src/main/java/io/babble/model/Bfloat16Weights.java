package io.babble.model;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * The weights of a backend rounded to bfloat16, once for each layout that its products ask for; plans share them. Whoever changes the
 * weights has them rounded anew.
 */
final class Bfloat16Weights implements Products.Maker {
    private final OneDnn oneDnn = new OneDnn();
    private final int parts;
    private final NativeMemory share;
    private final List<Copy> copies = new ArrayList<>();

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
                    "This CPU has no instructions for bfloat16 (AVX512_BF16): choose float32");
        }
        this.parts = parts;
        this.share = share;
    }

    @Override
    public Products of(OneDnn ofPlan, Buffers buffers) {
        return new Bfloat16Products(ofPlan, this, buffers, parts);
    }

    /** Some weights in one layout. */
    final class Copy {
        private final Factor factor;
        private final memory.desc layout;
        private final NativeVector place;
        private final PointerScope scope;
        private final reorder round;
        private final IntMemoryMap arguments;

        private Copy(Factor factor, memory.desc asked) {
            this.factor = factor;
            long floats = asked.get_size() / Float.BYTES + 1;
            share.reserve(share.share() + NativeVector.bytes(floats));
            place = new NativeVector(floats);
            try (PointerScope made = new PointerScope()) {
                scope = made.extend();
                memory from = oneDnn.unbound(OneDnn.float32(factor));
                from.set_data_handle(factor.weights().start());
                memory to = oneDnn.unbound(asked);
                to.set_data_handle(place.at(0));
                layout = to.get_desc(); // that of the plan goes with it
                round = new reorder(from, to);
                arguments = new IntMemoryMap().put(dnnl.DNNL_ARG_FROM, from).put(dnnl.DNNL_ARG_TO, to);
            }
            round();
        }

        FloatPointer start() {
            return place.at(0);
        }

        private void round() {
            oneDnn.execute(round, arguments);
        }

        private void close() {
            scope.deallocate();
            place.close();
        }
    }

    /** The copy in this layout, which is made when a plan first asks for it. */
    synchronized Copy as(Factor factor, memory.desc layout) {
        for (Copy copy : copies) {
            if (copy.factor.equals(factor) && copy.layout.equals(layout)) {
                return copy;
            }
        }
        Copy copy = new Copy(factor, layout);
        copies.add(copy);
        return copy;
    }

    @Override
    public synchronized void changed(Threads threads) {
        threads.each(copies.size(), index -> {
            OneDnn.computeAlone();
            copies.get(index).round();
            return null;
        });
    }

    @Override
    public void close() {
        copies.forEach(Copy::close);
        oneDnn.close();
    }
}
