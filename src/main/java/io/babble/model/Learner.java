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
 * A model in training: a backend with its weights and moments, and everything about the model that no backend needs to
 * know.
 *
 * <p>The version counts weight changes, so a skipped step leaves it alone. The symbols count text that was consumed, so
 * those of a skipped step are in. Streams, windows and lane states belong to the caller. Belongs to one thread at a
 * time.
 */
public final class Learner implements AutoCloseable {
    /** Updates from one set of good weights to the next. */
    private static final long GOOD_EVERY = 1000;

    private final Backend backend;
    private final Shape shape;
    private final Training.Optimizer optimizer;
    private final LearningRate rate;
    private final double driftAt;
    private final Alphabet alphabet;
    private final SplitMix64 random;
    private final Queue<float[]> spare = new ConcurrentLinkedQueue<>();
    private long version;
    private long symbols;
    private Loss loss;
    private Model good;

    /**
     * Goes on with {@code model}. The backend belongs to the learner from here on.
     *
     * @param backend made for {@code shape} and {@code optimizer}
     * @param alphabet its name
     * @param driftAt bits of loss above its level, added up, from which on the text counts as another one, and the rate falls anew; 0 for
     *     never
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
        good = snapshotToWriteWith();
    }

    /**
     * Learns one window.
     *
     * @param states the state of each lane, {@link Shape#stateLength()} long; on return the state after the window, or
     *     unchanged where the step was skipped
     */
    public LearnedWindow learn(Window window, float[][] states) {
        // Its loss tells of the weights before the step, not of those behind it.
        boolean due = loss.worse() == 0 && version - good.version() >= GOOD_EVERY;
        Model before = due ? snapshotToWriteWith() : good;
        double learningRate = rate(window.fresh() * window.steps());
        StepResult step = train(window, states, learningRate);
        Content content = window.content(alphabet);
        LearnedWindow learned = new LearnedWindow(step, content, learningRate);
        loss = loss.after(learned, symbols, driftAt);
        symbols += content.bytes();
        if (loss.isBroken()) {
            returnToGood();
        } else if (loss.worse() == 0) {
            good = before;
        }
        return learned;
    }

    /**
     * Learns one window, and in the same step from text that was learned before, as far as there is some.
     *
     * @param window all of it fresh
     * @param states as in {@link #learn(Window, float[][])}
     */
    public LearnedWindow learn(Window window, float[][] states, Replay text) {
        return text.next(window.steps(), shape.stateLength())
                .map(before -> learn(window.with(before.window()), joined(states, before.states())))
                .orElseGet(() -> learn(window, states));
    }

    /** The moments stay: with those of a beginning the first steps would be far too long at this version. */
    private void returnToGood() {
        Model broken = snapshot();
        backend.load(good.weights(), broken.moments());
        release(broken);
        version++;
        loss = loss.returned();
    }

    /**
     * Learns only from text that was learned before. The weights change and with them the version; the text counts as nothing.
     *
     * @return empty if there is no text of so many steps yet
     */
    public Optional<StepResult> replay(Replay text, int steps) {
        return text.next(steps, shape.stateLength()).map(batch -> replay(batch.window(), batch.states()));
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

    private static float[][] joined(float[][] states, float[][] others) {
        float[][] joined = Arrays.copyOf(states, states.length + others.length);
        System.arraycopy(others, 0, joined, states.length, others.length);
        return joined;
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

    /** The model as it is now, with copies of everything, so that learning can go on while it is written. */
    public Model snapshot() {
        return model(optimizer.moments());
    }

    /** The model as it is now without moments: enough to write with. */
    public Model snapshotToWriteWith() {
        return model(0);
    }

    /**
     * Takes a snapshot's arrays back for a next one, once nobody reads it any more: for large ones that come and go the garbage
     * collector would stop everything. Any thread may do that.
     */
    public void release(Model snapshot) {
        spare.add(snapshot.weights());
        spare.addAll(List.of(snapshot.moments()));
    }

    /** The weights of a while ago, to which it returns when the loss shows that the model is broken. */
    public Model good() {
        return good;
    }

    /** Returns to these weights, if it must, rather than to those that it began with. */
    public void keep(Model goodOfBefore) {
        good = goodOfBefore;
    }

    public Shape shape() {
        return shape;
    }

    /** What symbols stand for; text that comes in makes it grow, and the model with it. */
    public Alphabet alphabet() {
        return alphabet;
    }

    /** Updates that changed the weights since the model began. */
    public long version() {
        return version;
    }

    /** Bytes of text learned since the model began. */
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
