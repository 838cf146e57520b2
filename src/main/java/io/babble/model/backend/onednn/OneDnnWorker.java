package io.babble.model.backend.onednn;

import io.babble.model.NativeMemoryException;
import io.babble.model.Work;
import java.util.LinkedHashMap;
import java.util.Map;

/** What slices are computed with, one at a time: the plans of the sizes that were met. */
final class OneDnnWorker implements AutoCloseable {
    /** Sizes of slices whose plans are kept; their buffers are shared. */
    private static final int PLANS = 16;
    /** What oneDNN keeps of its own for a size, compiled code first of all. */
    private static final long BYTES_A_PLAN = 256 << 10;

    private final OneDnn oneDnn = new OneDnn();
    private final NativeMemory share;
    private final OneDnnWeights weights;
    private final CopiedWeights copies;
    private final boolean adds;
    private final Map<OneDnnPlan.Size, OneDnnPlan> plans = new LinkedHashMap<>(PLANS, 0.75f, true);
    private NativeVector memory = new NativeVector(0);

    /**
     * Takes what the largest window needs.
     *
     * @param work on its slices alone
     * @param adds whether there is a gradient of another worker's slice, to add to
     * @throws NativeMemoryException if there is not so much memory
     */
    OneDnnWorker(OneDnnWeights weights, CopiedWeights copies, Work work, boolean adds) {
        this.weights = weights;
        this.copies = copies;
        this.adds = adds;
        share = new NativeMemory(work.mostBytes());
        OneDnn.computeAlone(); // primitives keep the number of threads that they were made with
        try {
            share.reserve(PLANS * BYTES_A_PLAN);
            plan(new OneDnnPlan.Size(work.lanes(), work.steps(), work.learning()));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** The loss of a slice, and everything that its gradient follows from. */
    OneDnnSoftmax.Nats learn(Slice slice, float[][] masks) {
        OneDnn.computeAlone();
        OneDnnPlan plan = plan(slice, true);
        plan.forward(slice, masks);
        OneDnnSoftmax.Nats nats = plan.loss(slice);
        plan.backward(slice, masks);
        return nats;
    }

    OneDnnSoftmax.Nats measure(Slice slice) {
        OneDnn.computeAlone();
        OneDnnPlan plan = plan(slice, true);
        plan.forward(slice, new float[0][]);
        OneDnnSoftmax.Nats nats = plan.loss(slice);
        plan.writeStates(slice.states());
        return nats;
    }

    /** What {@link #learn} left of a slice of this size. */
    OneDnnPlan learned(Slice slice) {
        return plan(slice, true);
    }

    /** Reads one symbol a lane. */
    void decode(Slice slice, float[][] logits) {
        OneDnn.computeAlone();
        OneDnnPlan plan = plan(slice, false);
        plan.forward(slice, new float[0][]);
        plan.writeStates(slice.states());
        for (int lane = 0; lane < slice.lanes(); lane++) {
            plan.getLogits(lane, logits[slice.row(0, lane)]);
        }
    }

    /** Bytes outside the heap that are set aside here. */
    long bytes() {
        return share.share();
    }

    @Override
    public void close() {
        plans.values().forEach(OneDnnPlan::close);
        plans.clear();
        memory.close();
        oneDnn.close();
        share.close();
    }

    private OneDnnPlan plan(Slice slice, boolean training) {
        return plan(new OneDnnPlan.Size(slice.lanes(), slice.steps(), training));
    }

    private OneDnnPlan plan(OneDnnPlan.Size size) {
        OneDnnPlan known = plans.get(size);
        if (known != null) {
            return known;
        }
        if (plans.size() == PLANS) {
            // In order of access: the first one has rested the longest.
            plans.remove(plans.keySet().iterator().next()).close();
        }
        OneDnnPlan plan = new OneDnnPlan(oneDnn, weights, copies, size, adds);
        if (plan.length() > memory.length()) {
            reserveFor(plan);
        }
        plans.put(size, plan);
        if (plan.length() > memory.length()) {
            memory.close();
            memory = new NativeVector(plan.length());
            plans.values().forEach(each -> each.bind(memory));
        } else {
            plan.bind(memory);
        }
        return plan;
    }

    private void reserveFor(OneDnnPlan plan) {
        try {
            share.reserve(PLANS * BYTES_A_PLAN + NativeVector.bytes(plan.length()));
        } catch (NativeMemoryException e) {
            plan.close();
            throw e;
        }
    }
}
