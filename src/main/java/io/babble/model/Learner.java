package io.babble.model;

import io.babble.text.Bytes;
import io.babble.text.Window;
import java.util.Optional;

/**
 * A model in training: a backend with its weights and moments, and everything about the model that no backend needs to
 * know.
 *
 * <p>The version counts weight changes, so a skipped step leaves it alone. The symbols count text that was consumed, so
 * those of a skipped step are in. Streams, windows and lane states belong to the caller. Belongs to one thread at a
 * time.
 */
public final class Learner implements AutoCloseable {
    /** How many bytes back the running average reaches, as the mean age of what it holds. */
    private static final double AVERAGED_BYTES = 100_000;

    private final Backend backend;
    private final Shape shape;
    private final Training.Optimizer optimizer;
    private final LearningRate rate;
    private final SplitMix64 random;
    private long version;
    private long symbols;
    private double bitsPerByteAverage;

    /**
     * Goes on with {@code model}. The backend belongs to the learner from here on.
     *
     * @param backend made for {@code shape} and {@code optimizer}
     * @throws ModelMismatchException if the model has another shape, alphabet or optimizer
     */
    public Learner(Backend backend, Shape shape, Training.Optimizer optimizer, LearningRate rate, Model model) {
        this.backend = backend;
        this.shape = shape;
        this.optimizer = optimizer;
        this.rate = rate;
        ModelMismatchException.refuseOther(shape, Bytes.NAME, model);
        ModelMismatchException.refuseOtherOptimizer(optimizer, model);
        backend.load(model.weights(), model.moments());
        random = new SplitMix64(model.random());
        version = model.version();
        symbols = model.symbols();
        bitsPerByteAverage = model.bitsPerByteAverage();
    }

    /**
     * Learns one window.
     *
     * @param states the state of each lane, {@link Shape#stateLength()} long; on return the state after the window, or
     *     unchanged where the step was skipped
     */
    public LearnedWindow learn(Window window, float[][] states) {
        double learningRate = rate.rate(version + 1, symbols, window.targets().length);
        StepResult step = train(window, states, learningRate);
        int textTargets = window.bytes();
        LearnedWindow learned =
                new LearnedWindow(step, textTargets, window.targets().length - textTargets, learningRate);
        average(learned);
        symbols += learned.textTargets();
        return learned;
    }

    /**
     * Learns a window once more of text that was learned before. The weights change and with them the version; the text counts as
     * nothing.
     *
     * @return empty if there is no text of so many steps yet
     */
    public Optional<StepResult> replay(Replay text, int steps) {
        return text.next(steps, shape.stateLength()).map(batch -> replay(batch.window(), batch.states()));
    }

    StepResult replay(Window window, float[][] states) {
        return train(window, states, rate.rate(version + 1, symbols, rate.window()));
    }

    /**
     * The loss of a window from which nothing is learned.
     *
     * @param states as in {@link #learn}
     */
    public StepResult measure(Window window, float[][] states) {
        return backend.measure(window, states);
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
        return model(backend.moments());
    }

    /** The model as it is now without moments: enough to write with. */
    public Model snapshotToWriteWith() {
        return model(new float[0][]);
    }

    /** Updates that changed the weights since the model began. */
    public long version() {
        return version;
    }

    /** Text symbols learned since the model began. */
    public long symbols() {
        return symbols;
    }

    /** Prequential loss in bits per byte over about the last 100 000 bytes; NaN before the first window. */
    public double bitsPerByteAverage() {
        return bitsPerByteAverage;
    }

    @Override
    public void close() {
        backend.close();
    }

    private Model model(float[][] moments) {
        return new Model(
                shape,
                Bytes.NAME,
                version,
                symbols,
                bitsPerByteAverage,
                random.state(),
                optimizer,
                backend.weights(),
                moments);
    }

    /**
     * An exponential average whose weights sum to 1 from the first byte on, as in Adam's bias correction (Kingma and
     * Ba, 2015, section 3): what was learned so far says how much weight the past has.
     */
    private void average(LearnedWindow learned) {
        double bitsPerByte = learned.bitsPerByte();
        if (!Double.isFinite(bitsPerByte)) {
            return;
        }
        if (Double.isNaN(bitsPerByteAverage)) {
            bitsPerByteAverage = bitsPerByte;
            return;
        }
        double newWeight = -Math.expm1(-learned.textTargets() / AVERAGED_BYTES);
        double allWeight = -Math.expm1(-(symbols + learned.textTargets()) / AVERAGED_BYTES);
        bitsPerByteAverage += (bitsPerByte - bitsPerByteAverage) * newWeight / allWeight;
    }
}
