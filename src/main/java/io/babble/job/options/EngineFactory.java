package io.babble.job.options;

import io.babble.model.Backend;
import io.babble.model.Initialization;
import io.babble.model.Learner;
import io.babble.model.Loss;
import io.babble.model.Model;
import io.babble.model.NativeMemoryException;
import io.babble.model.Replay;
import io.babble.model.Shape;
import io.babble.model.Work;
import io.babble.model.backend.Backends;
import io.babble.model.writing.Decoder;
import io.babble.text.WindowSizes;

/** Makes what a job computes with, as its settings say: models, backends, learners, decoders and replay. */
public final class EngineFactory {
    private final Settings settings;

    public EngineFactory(Settings settings) {
        this.settings = settings;
    }

    /** A model that has not learned anything. */
    public Model newModel() {
        Shape shape = settings.shape();
        long seed = settings.get(Options.SEED);
        return new Model(
                shape,
                settings.alphabet(),
                0,
                0,
                Loss.UNKNOWN,
                seed,
                settings.get(Options.OPTIMIZER),
                Initialization.weights(shape, seed),
                new float[0][]);
    }

    /** A backend for the learner; the caller closes it. */
    public Backend newBackend() {
        WindowSizes sizes = settings.windowSizes();
        int lanes = Math.max(sizes.mostLanes(), sizes.lanes() + settings.get(Options.REPLAY_LANES));
        return backend(work(lanes, sizes.mostSteps(), true), settings.get(Options.THREADS));
    }

    /** A learner that resumes from {@code model} and closes the backend. */
    public Learner newLearner(Backend backend, Model model) {
        return new Learner(
                backend,
                settings.shape(),
                settings.get(Options.ALPHABET),
                settings.get(Options.OPTIMIZER),
                settings.learningRate(),
                settings.get(Options.DRIFT_AT),
                model);
    }

    /** A backend for a writer; the caller closes it. One thread, since the learner has the others. */
    public Backend newWriterBackend() {
        return backend(work(settings.get(Options.PROMPTS_MAX_ACTIVE), 1, false), 1);
    }

    /** A decoder that writes with {@code model} and closes the backend. */
    public Decoder newDecoder(Backend backend, Model model) {
        return new Decoder(backend, settings.shape(), settings.get(Options.ALPHABET), model);
    }

    /** A replay buffer without any text. */
    public Replay newReplay() {
        return limited(new Replay(settings.get(Options.SEED)));
    }

    /** The same replay buffer, bounded as these settings say. */
    public Replay limited(Replay replay) {
        replay.limit(settings.get(Options.REPLAY_CAPACITY), settings.get(Options.REPLAY_LANES));
        return replay;
    }

    private Work work(int lanes, int steps, boolean learning) {
        return new Work(
                lanes,
                steps,
                learning,
                settings.get(Options.PRECISION),
                settings.get(Options.NATIVE_MEMORY).getBytes());
    }

    private Backend backend(Work work, int threads) {
        try {
            return Backends.create(settings.get(Options.BACKEND), settings.shape(), settings.training(), work, threads);
        } catch (NativeMemoryException e) {
            String who = work.learning() ? "The learner" : "A writer";
            String window = work.learning()
                    ? Options.WINDOW_LANES_MAX.key() + ", " + Options.WINDOW_STEPS_MAX.key() + " or "
                            + Options.REPLAY_LANES.key()
                    : Options.PROMPTS_MAX_ACTIVE.key();
            throw new NativeMemoryException(
                    who + " does not fit into memory: " + e.getMessage() + " by " + Options.NATIVE_MEMORY.key()
                            + ". Raise it, or lower " + window + ", or start a new model with a smaller "
                            + Options.HIDDEN.key(),
                    e.isLasting());
        }
    }
}
