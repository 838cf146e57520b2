package io.babble.files;

import io.babble.model.Learner;
import io.babble.model.Model;
import io.babble.model.Replay;
import io.babble.model.Score;
import io.babble.text.Alphabet;
import io.babble.text.Content;
import io.babble.text.Window;
import io.babble.text.WindowSizes.Size;
import java.io.IOException;
import java.util.function.Function;

/**
 * Loss on held-out text. Each held-out tail is a text of its own that begins with states of zero.
 *
 * @param nats of the model as it is
 * @param whileLearning of a copy of it that learns what is held out, without dropout; the model itself never does
 * @param bytesLeftOut those that are not UTF-8
 */
public record Validation(double nats, long bytes, long characters, Score whileLearning, long bytesLeftOut) {

    /** @param replay what the learner has of the text that it learned; a copy goes on with a copy of it */
    static Validation of(
            Learner learner, Replay replay, SplitText text, Size size, Function<Model, Learner> validationLearner)
            throws IOException {
        // What is held out must not make the model's own grow.
        Alphabet alphabet = learner.alphabet().copy();
        FileWindows windows =
                new FileWindows(text.tails(), size, learner.shape().stateLength(), alphabet);
        double nats = 0;
        long bytes = 0;
        long characters = 0;
        for (var taken = windows.next(); taken.isPresent(); taken = windows.next()) {
            Window window = taken.get().window();
            Content content = window.content(alphabet);
            nats += learner.measure(window, taken.get().states()).textNats();
            bytes += content.measuredBytes();
            characters += content.measuredCharacters();
        }
        Score whileLearning = whileLearning(learner, replay.copy(), text, size, validationLearner);
        return new Validation(nats, bytes, characters, whileLearning, windows.bytesLeftOut());
    }

    private static Score whileLearning(
            Learner learner, Replay replay, SplitText text, Size size, Function<Model, Learner> validationLearner)
            throws IOException {
        Score score = new Score();
        try (Learner copy = validationLearner.apply(learner.snapshot())) {
            FileWindows windows =
                    new FileWindows(text.tails(), size, copy.shape().stateLength(), copy.alphabet());
            for (var taken = windows.next(); taken.isPresent(); taken = windows.next()) {
                score.add(Epochs.learn(taken.get(), copy, replay));
            }
        }
        return score;
    }

    public double bitsPerByte() {
        return nats / Math.log(2) / bytes;
    }

    public double natsPerCharacter() {
        return nats / characters;
    }

    /** Whether this is a lower loss; one that is not a number never is. */
    boolean isBetterThan(Validation other) {
        return Double.compare(nats, other.nats) < 0;
    }
}
