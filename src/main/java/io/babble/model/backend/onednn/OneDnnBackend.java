package io.babble.model.backend.onednn;

import io.babble.model.Backend;
import io.babble.model.BackendType;
import io.babble.model.DropoutMask;
import io.babble.model.Lanes;
import io.babble.model.NativeMemoryException;
import io.babble.model.Precision;
import io.babble.model.Shape;
import io.babble.model.StepResult;
import io.babble.model.TensorRole;
import io.babble.model.Training;
import io.babble.model.Work;
import io.babble.text.Window;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * The model on the CPU: matrix products by oneDNN on the memory of ND4J's vectors, cells in Java between them. The
 * lanes of a window are cut into slices, one for each thread; then the gradient of the weights is cut into parts, one
 * for each thread.
 *
 * <p>The same inputs give the same bits for the same number of threads on the same type of CPU. oneDNN blocks products
 * of another size in another way: a window of 12 steps and three windows of 4 differ by rounding.
 */
public final class OneDnnBackend implements Backend {
    public static final BackendType TYPE = new BackendType(
            "onednn",
            BackendType.Device.CPU,
            EnumSet.allOf(Precision.class),
            OneDnnBackend::new,
            OneDnnProductRate::gigaflops);

    private final Shape shape;
    private final Training training;
    private final NativeMemory share;
    private final Threads threads;
    private final NativeVector weights; // (P)
    private final NativeVector gradient; // (P), or empty in a backend that only decodes
    private final OneDnnWeights tensors;
    private final CopiedWeights copies;
    private final List<OneDnnWorker> workers = new ArrayList<>();
    private final FusedUpdate optimizer; // null in a backend that only decodes
    private boolean closed;

    /**
     * Reserves all memory that the work needs.
     *
     * @param threads number of threads; 0 means one for each processor of this JVM
     * @throws IllegalArgumentException if {@code threads} is negative
     * @throws UnsupportedOperationException if this CPU does not compute in this precision
     * @throws NativeMemoryException if its work needs more memory than is allowed
     */
    public OneDnnBackend(Shape shape, Training training, Work work, int threads) {
        this.shape = shape;
        this.training = training;
        this.threads = new Threads(threads);
        int parts = Math.min(this.threads.count(), work.lanes());
        share = new NativeMemory(work.mostBytes());
        copies = new CopiedWeights(work.precision(), parts, share);
        int learned = work.learning() ? shape.parameters() : 0;
        try {
            share.reserve(NativeVector.bytes(shape.parameters()) + NativeVector.bytes(learned));
            weights = new NativeVector(shape.parameters());
            gradient = new NativeVector(learned);
        } catch (RuntimeException | Error e) {
            copies.close();
            share.close();
            throw e;
        }
        tensors = new OneDnnWeights(shape, weights, gradient);
        try {
            for (int worker = 0; worker < parts; worker++) {
                int lanes = (work.lanes() + parts - 1) / parts;
                Work part = new Work(lanes, work.steps(), work.learning(), work.precision(), work.mostBytes());
                workers.add(new OneDnnWorker(tensors, copies, part, worker > 0));
            }
            optimizer = work.learning() ? new FusedUpdate(training, weights, gradient, this.threads) : null;
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    @Override
    public void load(float[] weights, float[][] moments) {
        requireOpen();
        Lanes.checkWeights(shape, training, weights, moments);
        this.weights.floats(0, weights.length).put(weights);
        copies.refresh(threads);
        if (optimizer != null) {
            optimizer.load(moments);
        }
    }

    @Override
    public void copyTo(float[] weights, float[][] moments) {
        requireOpen();
        this.weights.floats(0, weights.length).get(weights);
        if (moments.length > 0) {
            optimizer.copyTo(moments);
        }
    }

    @Override
    public StepResult train(Window window, float[][] states, double learningRate, long update, long dropoutSeed) {
        Lanes.check(shape, window, states);
        List<Slice> slices = slices(window, states);
        OneDnnSoftmax.Nats nats = learn(slices, masks(window, dropoutSeed));
        FusedUpdate.Extent extent = optimizer.extent();
        int targets = window.targets().length;
        double norm = Math.sqrt(extent.squares()) / targets;
        if (!Training.mayUpdate(nats.text() + nats.endOfText(), norm)) {
            return new StepResult(nats.text(), nats.endOfText(), norm, false, true);
        }
        Training.Clip clip = training.clip(norm, extent.largest() / targets);
        optimizer.update(clip.scale() / targets, clip.bound(), learningRate, update);
        copies.refresh(threads);
        for (int i = 0; i < slices.size(); i++) {
            workers.get(i).learned(slices.get(i)).writeStates(slices.get(i).states());
        }
        return new StepResult(nats.text(), nats.endOfText(), norm, clip.clipped(), false);
    }

    @Override
    public StepResult measure(Window window, float[][] states) {
        Lanes.check(shape, window, states);
        List<Slice> slices = slices(window, states);
        OneDnnSoftmax.Nats nats =
                sum(threads.each(slices.size(), part -> workers.get(part).measure(slices.get(part))));
        return new StepResult(nats.text(), nats.endOfText(), 0, false, false);
    }

    @Override
    public void decode(int[] symbols, float[][] states, float[][] logits) {
        Window window = new Window(symbols.length, 1, symbols, new int[symbols.length]);
        Lanes.check(shape, window, states);
        requireOpen();
        List<Slice> slices = Slice.cut(window, states, workers.size());
        threads.each(slices.size(), part -> {
            workers.get(part).decode(slices.get(part), logits);
            return null;
        });
    }

    /** The gradient {@code (P)} of the mean loss, not clipped. */
    public double[] gradient(Window window, float[][] states, long dropoutSeed) {
        List<Slice> slices = slices(window, states);
        learn(slices, masks(window, dropoutSeed));
        float[] sums = new float[shape.parameters()];
        gradient.floats(0, sums.length).get(sums);
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
        workers.forEach(OneDnnWorker::close);
        copies.close();
        weights.close();
        gradient.close();
        threads.close();
        share.close();
    }

    /** Bytes outside the heap that this backend has reserved. */
    long bytes() {
        return share.share() + workers.stream().mapToLong(OneDnnWorker::bytes).sum();
    }

    private List<Slice> slices(Window window, float[][] states) {
        requireOpen();
        if (optimizer == null) {
            throw new IllegalStateException("This backend was made for decoding only");
        }
        return Slice.cut(window, states, workers.size());
    }

    /** On return the gradient is that of the weighted sum of the losses. */
    private OneDnnSoftmax.Nats learn(List<Slice> slices, float[][] masks) {
        OneDnnSoftmax.Nats nats =
                sum(threads.each(slices.size(), part -> workers.get(part).learn(slices.get(part), masks)));
        List<OneDnnPlan> plans = new ArrayList<>();
        for (int i = 0; i < slices.size(); i++) {
            plans.add(workers.get(i).learned(slices.get(i)));
        }
        int parts = workers.size();
        threads.each(1 + parts, part -> {
            OneDnn.computeAlone();
            if (part == 0) {
                otherGradients(slices, plans);
            } else {
                plans.forEach(plan -> plan.matrixGradients(part - 1));
            }
            return null;
        });
        return nats;
    }

    private void otherGradients(List<Slice> slices, List<OneDnnPlan> plans) {
        float[] embedding = new float[shape.symbols() * shape.embedding()];
        for (int i = 0; i < plans.size(); i++) {
            plans.get(i).vectorGradients();
            plans.get(i).scatter(slices.get(i), embedding);
        }
        tensors.putGradient(shape.tensor(TensorRole.EMBEDDING), 0, embedding, false);
    }

    /** For each layer, the dropout mask of its output {@code (T, N, H)}; empty without dropout. */
    private float[][] masks(Window window, long dropoutSeed) {
        if (training.dropout() == 0) {
            return new float[0][];
        }
        float[][] masks = new float[shape.layers()][window.targets().length * shape.hidden()];
        for (int layer = 0; layer < masks.length; layer++) {
            DropoutMask.fill(masks[layer], dropoutSeed, layer, training.dropout());
        }
        return masks;
    }

    private static OneDnnSoftmax.Nats sum(List<OneDnnSoftmax.Nats> parts) {
        return parts.stream().reduce(OneDnnSoftmax.Nats.NONE, OneDnnSoftmax.Nats::plus);
    }

    /** Without this check freed memory would be read. */
    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("This backend is closed");
        }
    }
}
