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

/** Learns a text as often as one likes, each time from its beginning, and measures what is held out of it. */
public final class Epochs {
    private final Learner learner;
    private final SplitText text;
    private final Size window;
    private final Function<Model, Learner> validationLearner;
    private final Replay replay;
    private int number;
    private Validation best;

    /**
     * One pass over the text.
     *
     * @param validation of the model at its end; empty where nothing is held out
     * @param best whether no model before was better; without validation the last one is the best
     * @param bytesLeftOut bytes that are not UTF-8
     * @param seconds of learning
     */
    public record Epoch(
            int number,
            Score score,
            Optional<Validation> validation,
            boolean best,
            long bytesLeftOut,
            double seconds) {}

    /** Hears of every window learned. */
    public interface Listener {
        /** Takes a window that was learned, and the score of this epoch so far, that window included. */
        void learned(LearnedWindow window, Score epoch) throws IOException;
    }

    /**
     * Begins before the first epoch.
     *
     * @param replay to which the windows learned are added
     * @param window size of the windows
     * @param validationLearner makes a learner without dropout that resumes from a model
     */
    public Epochs(
            Learner learner, Replay replay, SplitText text, Size window, Function<Model, Learner> validationLearner) {
        this.learner = learner;
        this.replay = replay;
        this.text = text;
        this.window = window;
        this.validationLearner = validationLearner;
    }

    /** The learner, to be asked between two epochs. */
    public Learner learner() {
        return learner;
    }

    /** Learns the text once more, then measures. */
    public Epoch next(Listener listener) throws IOException {
        long begin = System.nanoTime();
        Score score = new Score();
        FileWindows windows =
                new FileWindows(text.heads(), window, learner.shape().stateLength(), learner.alphabet());
        for (var taken = windows.next(); taken.isPresent(); taken = windows.next()) {
            LearnedWindow learned = learn(taken.get(), learner, replay);
            score.add(learned);
            listener.learned(learned, score);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        number++;
        if (text.tailBytes() == 0) {
            return new Epoch(number, score, Optional.empty(), true, windows.bytesLeftOut(), seconds);
        }
        Validation validation = Validation.of(learner, replay, text, window, validationLearner);
        boolean better = best == null || validation.isBetterThan(best);
        best = better ? validation : best;
        long bytesLeftOut = windows.bytesLeftOut() + validation.bytesLeftOut();
        return new Epoch(number, score, Optional.of(validation), better, bytesLeftOut, seconds);
    }

    /** Learns a window, and beside it what {@code replay} has of those before it. */
    static LearnedWindow learn(StreamWindow taken, Learner learner, Replay replay) {
        LearnedWindow learned = learner.learn(taken.window(), taken.states(), replay);
        replay.learned(taken.names(), taken.window());
        return learned;
    }
}
