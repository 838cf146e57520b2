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
 * Loss on held-out text. Each held-out stream starts with zero states.
 *
 * @param nats total loss of the model, which does not learn this text
 * @param bytes of text measured
 * @param characters of text measured
 * @param whileLearning score of a copy of the model that learns the held-out text as it reads it, without dropout
 * @param bytesLeftOut bytes that were skipped because they are not UTF-8
 */
public record Validation(double nats, long bytes, long characters, Score whileLearning, long bytesLeftOut) {

    /** @param replay buffer of the learner; the copy that learns uses a copy of it */
    static Validation of(
            Learner learner,
            Replay replay,
            TrainValidationSplit text,
            Size size,
            Function<Model, Learner> validationLearner)
            throws IOException {
        // A copy, because held-out characters must not be added to the model's alphabet.
        Alphabet alphabet = learner.alphabet().copy();
        FileWindows windows =
                new FileWindows(text.validationStreams(), size, learner.shape().stateLength(), alphabet);
        double nats = 0;
        long bytes = 0;
        long characters = 0;
        for (var batch = windows.next(); batch.isPresent(); batch = windows.next()) {
            Window window = batch.get().window();
            Content content = window.content(alphabet);
            nats += learner.measure(window, batch.get().states()).textNats();
            bytes += content.measuredBytes();
            characters += content.measuredCharacters();
        }
        Score whileLearning = whileLearning(learner, replay.copy(), text, size, validationLearner);
        return new Validation(nats, bytes, characters, whileLearning, windows.bytesLeftOut());
    }

    private static Score whileLearning(
            Learner learner,
            Replay replay,
            TrainValidationSplit text,
            Size size,
            Function<Model, Learner> validationLearner)
            throws IOException {
        Score score = new Score();
        try (Learner copy = validationLearner.apply(learner.snapshot())) {
            FileWindows windows =
                    new FileWindows(text.validationStreams(), size, copy.shape().stateLength(), copy.alphabet());
            for (var batch = windows.next(); batch.isPresent(); batch = windows.next()) {
                score.add(Epochs.learn(batch.get(), copy, replay));
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

    /** Whether this loss is lower, or there is no other; NaN never is. */
    boolean isBetterThan(Validation other) {
        return !Double.isNaN(bitsPerByte()) && (other == null || Double.compare(nats, other.nats) < 0);
    }
}
