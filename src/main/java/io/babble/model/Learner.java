package io.babble.model;

import io.babble.text.Alphabet;
import io.babble.text.Content;
import io.babble.text.Window;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A model in training: a backend with its weights and moments, and the rest of the model's state.
 *
 * <p>The version counts weight changes, so that a skipped step does not change it. The symbols count consumed text,
 * that of skipped steps included. Streams, windows and lane states belong to the caller. Belongs to one thread at a
 * time.
 */
public final class Learner implements AutoCloseable {
    /** Updates between two copies of good weights. */
    private static final long LAST_GOOD_EVERY = 1000;

    private final Backend backend;
    private final Shape shape;
    private final Training.Optimizer optimizer;
    private final LearningRate rate;
    private final double driftAt;
    private final Alphabet alphabet;
    private final SplitMix64 random;
    /** Arrays of released snapshots. */
    private final Queue<float[]> spare = new ConcurrentLinkedQueue<>();

    private long version;
    private long symbols;
    private Loss loss;
    private Model lastGood;

    /**
     * Resumes from {@code model}. The learner closes the backend.
     *
     * @param backend made for {@code shape} and {@code optimizer}
     * @param alphabet its name
     * @param driftAt threshold of drift detection, bits; 0 for no detection
     * @throws ModelMismatchException if the model has another shape, alphabet or optimizer
     */
    public Learner(
            Backend backend,
            Shape shape,
            String alphabet,
            Training.Optimizer optimizer,
            LearningRate rate,
            double driftAt,
            Model model) {
        this.backend = backend;
        this.shape = shape;
        this.optimizer = optimizer;
        this.rate = rate;
        this.driftAt = driftAt;
        ModelMismatchException.refuseOther(shape, alphabet, model);
        ModelMismatchException.refuseOtherOptimizer(optimizer, model);
        backend.load(model.weights(), model.moments());
        this.alphabet = model.alphabet().copy();
        random = new SplitMix64(model.random());
        version = model.version();
        symbols = model.symbols();
        loss = model.loss();
        lastGood = weightsSnapshot();
    }

    /**
     * Learns one window.
     *
     * @param states of each lane, {@link Shape#stateLength()} long; on return the state after the window, or unchanged
     *     where the step was skipped
     */
    public LearnedWindow learn(Window window, float[][] states) {
        // The loss of a window judges the weights before its step, so that those are the ones to copy.
        boolean copyDue = loss.aboveUniform() == 0 && version - lastGood.version() >= LAST_GOOD_EVERY;
        Model good = copyDue ? weightsSnapshot() : lastGood;
        double learningRate = rate(window.fresh() * window.steps());
        StepResult step = train(window, states, learningRate);
        Content content = window.content(alphabet);
        LearnedWindow learned = new LearnedWindow(step, content, learningRate);
        loss = loss.after(learned, symbols, driftAt);
        symbols += content.bytes();
        if (loss.isBroken()) {
            rollBack();
        } else if (loss.aboveUniform() == 0) {
            lastGood = good;
        }
        return learned;
    }

    /**
     * Learns one window, and in the same step replayed text as far as there is some.
     *
     * @param window all of it fresh
     * @param states as in {@link #learn(Window, float[][])}
     */
    public LearnedWindow learn(Window window, float[][] states, Replay replay) {
        return replay.next(window.steps(), shape.stateLength())
                .map(batch -> learn(window.with(batch.window()), concatenated(states, batch.states())))
                .orElseGet(() -> learn(window, states));
    }

    /**
     * Reads one window as text that is learned, but changes no weight: loss and symbols count.
     *
     * @param states as in {@link #learn(Window, float[][])}
     */
    public LearnedWindow readOnly(Window window, float[][] states) {
        StepResult step = backend.measure(window, states);
        LearnedWindow read = new LearnedWindow(step, window.content(alphabet), 0);
        loss = loss.afterReading(read, symbols);
        symbols += read.content().bytes();
        return read;
    }

    /**
     * Restores the last good weights. The moments stay: with empty ones the first steps would be far too long at this
     * version.
     */
    private void rollBack() {
        Model broken = snapshot();
        backend.load(lastGood.weights(), broken.moments());
        release(broken);
        version++;
        loss = loss.afterRollback();
    }

    /**
     * Learns replayed text only. Weights and version change; the text counts nowhere.
     *
     * @return empty if there is no text of so many steps yet
     */
    public Optional<StepResult> replay(Replay replay, int steps) {
        return replay.next(steps, shape.stateLength()).map(batch -> replay(batch.window(), batch.states()));
    }

    StepResult replay(Window window, float[][] states) {
        return train(window, states, rate(rate.window()));
    }

    /**
     * The loss of a window from which nothing is learned.
     *
     * @param states as in {@link #learn}
     */
    public StepResult measure(Window window, float[][] states) {
        return backend.measure(window, states);
    }

    private static float[][] concatenated(float[][] states, float[][] others) {
        float[][] both = Arrays.copyOf(states, states.length + others.length);
        System.arraycopy(others, 0, both, states.length, others.length);
        return both;
    }

    private double rate(int windowSymbols) {
        return rate.rate(version + 1, symbols - loss.driftedAt(), windowSymbols);
    }

    private StepResult train(Window window, float[][] states, double learningRate) {
        StepResult step = backend.train(window, states, learningRate, version + 1, random.nextLong());
        if (!step.skipped()) {
            version++;
        }
        return step;
    }

    /** A copy of the whole model, so that learning can continue while it is written. */
    public Model snapshot() {
        return model(optimizer.moments());
    }

    /** A copy of the model without moments: enough to write with. */
    public Model weightsSnapshot() {
        return model(0);
    }

    /**
     * Takes the arrays of a snapshot back, once it is no longer read, for the next one: large arrays that come and go
     * would cost garbage collections. Any thread may call it.
     */
    public void release(Model snapshot) {
        spare.add(snapshot.weights());
        spare.addAll(List.of(snapshot.moments()));
    }

    /** The weights that are restored when the loss shows that the model is broken. */
    public Model lastGood() {
        return lastGood;
    }

    /** Replaces the weights that are restored when the model is broken; at first they are those it resumed from. */
    public void setLastGood(Model model) {
        lastGood = model;
    }

    public Shape shape() {
        return shape;
    }

    /** What symbols stand for. New characters are added to it, and become part of the model. */
    public Alphabet alphabet() {
        return alphabet;
    }

    /** Updates that changed the weights since the model began. */
    public long version() {
        return version;
    }

    /** Bytes of text learned since the model began, those that were only read included. */
    public long symbols() {
        return symbols;
    }

    /** The prequential loss so far. */
    public Loss loss() {
        return loss;
    }

    @Override
    public void close() {
        backend.close();
    }

    private Model model(int momentCount) {
        float[] weights = spare();
        float[][] moments = new float[momentCount][];
        Arrays.setAll(moments, moment -> spare());
        backend.copyTo(weights, moments);
        return new Model(shape, alphabet.copy(), version, symbols, loss, random.state(), optimizer, weights, moments);
    }

    private float[] spare() {
        float[] array = spare.poll();
        return array == null ? new float[shape.parameters()] : array;
    }
}
