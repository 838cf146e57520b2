package io.babble.files;

import io.babble.model.LearnedWindow;
import io.babble.model.Learner;
import io.babble.model.Model;
import io.babble.model.Replay;
import io.babble.model.Score;
import io.babble.text.StreamWindow;
import io.babble.text.WindowSizes.Size;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/** Trains on a text for several epochs and measures the loss on held-out text after each of them. */
public final class Epochs {
    private final Learner learner;
    private final TrainValidationSplit text;
    private final Size window;
    private final Function<Model, Learner> validationLearner;
    private final Replay replay;
    private int number;
    private Validation best;

    /**
     * The result of one pass over the text.
     *
     * @param validation loss at the end of the epoch; empty when no text is held out
     * @param best whether the validation loss is the lowest so far; always true without validation
     * @param bytesLeftOut bytes that were skipped because they are not UTF-8
     * @param seconds of training, without validation
     */
    public record Epoch(
            int number,
            Score score,
            Optional<Validation> validation,
            boolean best,
            long bytesLeftOut,
            double seconds) {}

    /** Is called for every training step. */
    public interface Listener {
        /**
         * The window that was learned, and the score of this epoch up to and including it.
         *
         * @return whether to go on
         */
        boolean learned(LearnedWindow window, Score epoch) throws IOException;
    }

    /**
     * Prepares the first epoch.
     *
     * @param replay buffer that learned windows are added to
     * @param window size of the windows
     * @param validationLearner creates a learner without dropout from a model
     */
    public Epochs(
            Learner learner,
            Replay replay,
            TrainValidationSplit text,
            Size window,
            Function<Model, Learner> validationLearner) {
        this.learner = learner;
        this.replay = replay;
        this.text = text;
        this.window = window;
        this.validationLearner = validationLearner;
    }

    /** The learner; use it only between two epochs. */
    public Learner learner() {
        return learner;
    }

    /**
     * Measures the model as it is, before the first epoch; it is the best so far.
     *
     * @return empty when no text is held out
     */
    public Optional<Validation> measureFirst() throws IOException {
        best = text.validationBytes() == 0 ? null : Validation.of(learner, replay, text, window, validationLearner);
        return Optional.ofNullable(best);
    }

    /** Runs one epoch, then validation; empty if the listener ends it before. */
    public Optional<Epoch> next(Listener listener) throws IOException {
        long begin = System.nanoTime();
        Score score = new Score();
        FileWindows windows =
                new FileWindows(text.trainingStreams(), window, learner.shape().stateLength(), learner.alphabet());
        for (var batch = windows.next(); batch.isPresent(); batch = windows.next()) {
            LearnedWindow learned = learn(batch.get(), learner, replay);
            score.add(learned);
            if (!listener.learned(learned, score)) {
                return Optional.empty();
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        number++;
        if (text.validationBytes() == 0) {
            return Optional.of(new Epoch(number, score, Optional.empty(), true, windows.bytesLeftOut(), seconds));
        }
        Validation validation = Validation.of(learner, replay, text, window, validationLearner);
        boolean better = validation.isBetterThan(best);
        best = better ? validation : best;
        long bytesLeftOut = windows.bytesLeftOut() + validation.bytesLeftOut();
        return Optional.of(new Epoch(number, score, Optional.of(validation), better, bytesLeftOut, seconds));
    }

    /** Learns a window together with replayed text, then adds the window to the replay buffer. */
    static LearnedWindow learn(StreamWindow batch, Learner learner, Replay replay) {
        LearnedWindow learned = learner.learn(batch.window(), batch.states(), replay);
        replay.learned(batch.names(), batch.window());
        return learned;
    }
}
