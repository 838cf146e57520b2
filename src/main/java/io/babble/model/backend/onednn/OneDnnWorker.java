package io.babble.model.backend.onednn;

import io.babble.model.NativeMemoryException;
import io.babble.model.Work;
import java.util.LinkedHashMap;
import java.util.Map;

/** Computes slices, one at a time, with a cache of plans for their sizes. */
final class OneDnnWorker implements AutoCloseable {
    /** Plans in the cache; they share their buffers. */
    private static final int PLANS = 16;
    /** What oneDNN itself allocates for a plan, mostly compiled code. */
    private static final long BYTES_A_PLAN = 256 << 10;

    private final OneDnn oneDnn = new OneDnn();
    private final NativeMemory share;
    private final OneDnnWeights weights;
    private final CopiedWeights copies;
    private final boolean adds;
    private final Map<OneDnnPlan.Size, OneDnnPlan> plans = new LinkedHashMap<>(PLANS, 0.75f, true);
    private NativeVector memory = new NativeVector(0);

    /**
     * Reserves the memory for the largest slice.
     *
     * @param work of its slices
     * @param adds whether its gradients are added to those of another worker
     * @throws NativeMemoryException if that exceeds the limit
     */
    OneDnnWorker(OneDnnWeights weights, CopiedWeights copies, Work work, boolean adds) {
        this.weights = weights;
        this.copies = copies;
        this.adds = adds;
        share = new NativeMemory(work.mostBytes());
        OneDnn.computeAlone(); // a primitive uses the number of threads that is set when it is created
        try {
            share.reserve(PLANS * BYTES_A_PLAN);
            plan(new OneDnnPlan.Size(work.lanes(), work.steps(), work.learning()));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Computes the loss of a slice and runs the backward pass; {@link #learned} has the results. */
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

    /** The plan with the results of {@link #learn} for a slice of this size. */
    OneDnnPlan learned(Slice slice) {
        return plan(slice, true);
    }

    /** Reads one symbol for each lane. */
    void decode(Slice slice, float[][] logits) {
        OneDnn.computeAlone();
        OneDnnPlan plan = plan(slice, false);
        plan.forward(slice, new float[0][]);
        plan.writeStates(slice.states());
        for (int lane = 0; lane < slice.lanes(); lane++) {
            plan.getLogits(lane, logits[slice.row(0, lane)]);
        }
    }

    /** Bytes outside the heap that this worker has reserved. */
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
            // The map is in order of access: the first plan is the least recently used.
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
