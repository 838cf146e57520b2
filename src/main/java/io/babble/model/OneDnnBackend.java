package io.babble.model;

import io.babble.text.Window;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The model on the CPU in float32: oneDNN's LSTM, matrix product and softmax primitives on the memory of ND4J's vectors.
 *
 * <p>The same inputs give the same bits for the same number of threads on the same type of CPU. Windows of different length
 * are computed with different blocking: 12 steps and three times 4 differ within float rounding.
 */
public final class OneDnnBackend implements Backend {
    /** Sizes of windows whose primitives are kept; their buffers are shared. */
    private static final int PLANS = 16;
    /** What oneDNN keeps of its own for a size, compiled code first of all; measured at up to 512 units. */
    private static final long BYTES_A_PLAN = 2 << 20;

    private final Shape shape;
    private final Training training;
    private final OneDnn oneDnn;
    private final NativeMemory share;
    private final long fixedBytes;
    private final OneDnnWeights weights;
    private final FusedUpdate optimizer; // null where nothing is learned
    private final Map<OneDnnPlan.Size, OneDnnPlan> plans = new LinkedHashMap<>(PLANS, 0.75f, true);
    private NativeVector memory = new NativeVector(0);
    private boolean closed;

    /**
     * A backend that has all the memory that its work needs.
     *
     * @param threads that compute; 0 means one for each processor that this JVM may use
     * @throws IllegalArgumentException if {@code threads} is negative
     * @throws NativeMemoryException if its work needs more memory than there may be
     */
    public OneDnnBackend(Shape shape, Training training, Work work, int threads) {
        if (threads < 0) {
            throw new IllegalArgumentException("The number of threads is 0 (all) or more, not " + threads);
        }
        int used = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        this.shape = shape;
        this.training = training;
        share = new NativeMemory(work.mostBytes());
        int vectors = work.learning() ? 2 + training.optimizer().moments() : 1;
        fixedBytes = vectors * NativeVector.bytes(shape.parameters()) + PLANS * BYTES_A_PLAN;
        share.reserve(fixedBytes);
        try {
            oneDnn = new OneDnn(used);
            weights = new OneDnnWeights(oneDnn, shape, work.learning());
            optimizer = work.learning() ? new FusedUpdate(training, weights.weights(), weights.gradient(), used) : null;
            plan(new OneDnnPlan.Size(work.lanes(), work.steps(), work.learning()));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    @Override
    public void load(float[] weights, float[][] moments) {
        requireOpen();
        Lanes.checkWeights(shape, training, weights, moments);
        this.weights.weights().floats(0, weights.length).put(weights);
        for (int i = 0; i < kept(); i++) {
            optimizer.moment(i).put(0, moments.length == 0 ? new float[weights.length] : moments[i]);
        }
    }

    @Override
    public float[] weights() {
        requireOpen();
        return copy(weights.weights().floats(0, shape.parameters()));
    }

    @Override
    public float[][] moments() {
        requireOpen();
        float[][] moments = new float[kept()][];
        for (int i = 0; i < moments.length; i++) {
            moments[i] = copy(optimizer.moment(i));
        }
        return moments;
    }

    @Override
    public StepResult train(Window window, float[][] states, double learningRate, long update, long dropoutSeed) {
        Lanes.check(shape, window, states);
        oneDnn.enter();
        OneDnnPlan plan = learningPlan(window);
        OneDnnSoftmax.Nats nats = plan.forward(window, states, training.dropout(), dropoutSeed);
        plan.backward(window.inputs());
        FusedUpdate.Extent extent = optimizer.extent();
        int targets = window.targets().length;
        double norm = Math.sqrt(extent.squares()) / targets;
        if (!Double.isFinite(nats.text() + nats.endOfText()) || !Double.isFinite(norm)) {
            return new StepResult(nats.text(), nats.endOfText(), norm, false, true);
        }
        double bound = training.clipAt() == 0 ? Double.POSITIVE_INFINITY : training.clipAt();
        boolean byNorm = training.clipping() == Training.Clipping.NORM;
        boolean clipped = (byNorm ? norm : extent.largest() / targets) > bound;
        double scale = byNorm && clipped ? bound / norm / targets : 1.0 / targets;
        optimizer.update(scale, byNorm ? Double.POSITIVE_INFINITY : bound, learningRate, update);
        plan.writeStates(states);
        return new StepResult(nats.text(), nats.endOfText(), norm, clipped, false);
    }

    @Override
    public StepResult measure(Window window, float[][] states) {
        Lanes.check(shape, window, states);
        oneDnn.enter();
        OneDnnPlan plan = learningPlan(window);
        OneDnnSoftmax.Nats nats = plan.measure(window, states);
        plan.writeStates(states);
        return new StepResult(nats.text(), nats.endOfText(), 0, false, false);
    }

    @Override
    public void decode(int[] symbols, float[][] states, float[][] logits) {
        Lanes.check(shape, symbols, states, symbols.length);
        oneDnn.enter();
        OneDnnPlan plan = plan(new OneDnnPlan.Size(symbols.length, 1, false));
        plan.decode(symbols, states, logits);
        plan.writeStates(states);
    }

    /** The gradient {@code (P)} of the mean loss, not clipped. */
    double[] gradient(Window window, float[][] states, long dropoutSeed) {
        oneDnn.enter();
        OneDnnPlan plan = learningPlan(window);
        plan.forward(window, states, training.dropout(), dropoutSeed);
        plan.backward(window.inputs());
        float[] sums = copy(weights.gradient().floats(0, shape.parameters()));
        double[] gradient = new double[sums.length];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (double) sums[i] / window.targets().length;
        }
        return gradient;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        plans.values().forEach(OneDnnPlan::close);
        plans.clear();
        memory.close();
        // What the constructor did not reach is not there.
        if (optimizer != null) {
            optimizer.close();
        }
        if (weights != null) {
            weights.close();
        }
        if (oneDnn != null) {
            oneDnn.close();
        }
        share.close();
    }

    /** Bytes outside the heap that this backend has set aside for itself. */
    long bytes() {
        return share.share();
    }

    private int kept() {
        return optimizer == null ? 0 : training.optimizer().moments();
    }

    private OneDnnPlan learningPlan(Window window) {
        if (optimizer == null) {
            throw new IllegalStateException("This backend was made for decoding only");
        }
        return plan(new OneDnnPlan.Size(window.lanes(), window.steps(), true));
    }

    private OneDnnPlan plan(OneDnnPlan.Size size) {
        requireOpen();
        OneDnnPlan known = plans.get(size);
        if (known != null) {
            return known;
        }
        if (plans.size() == PLANS) {
            // In order of access: the first one has rested the longest.
            plans.remove(plans.keySet().iterator().next()).close();
        }
        OneDnnPlan plan = new OneDnnPlan(oneDnn, weights, size, training.dropout() > 0 && size.training());
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
            share.reserve(fixedBytes + NativeVector.bytes(plan.length()));
        } catch (NativeMemoryException e) {
            plan.close();
            throw e;
        }
    }

    /** Freed memory would be read without complaint. */
    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("This backend is closed");
        }
    }

    private static float[] copy(FloatBuffer floats) {
        float[] copy = new float[floats.capacity()];
        floats.get(0, copy);
        return copy;
    }
}
