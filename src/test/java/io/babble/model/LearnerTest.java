package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.babble.model.backend.nd4j.Nd4jBackend;
import io.babble.model.backend.onednn.OneDnnBackend;
import io.babble.text.Alphabet;
import io.babble.text.Bytes;
import io.babble.text.CodePoints;
import io.babble.text.Window;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class LearnerTest {
    private static final Shape SHAPE = new Shape(Bytes.SYMBOLS, 4, 6, 2);
    private static final Training TRAINING = Trial.withDropout(Trial.ADAM, 0.2);
    private static final LearningRate RATE = new LearningRate(0.01, 4, 1e-3, 16);
    private static final int LANES = 2;
    private static final int STEPS = 8;

    @Test
    void countsVersionTextAndEndsOfText() {
        Trial trial = new Trial(SHAPE, 1);
        try (Learner learner = learner(model(trial.weights()))) {
            LearnedWindow first = learner.learn(trial.window(LANES, STEPS), trial.states(LANES));
            learner.learn(trial.window(LANES, STEPS), trial.states(LANES));

            assertThat(first.content().bytes()).isEqualTo(14);
            assertThat(first.content().endOfTexts()).isEqualTo(2);
            assertThat(first.bitsPerByte()).isCloseTo(first.step().textNats() / 14 / Math.log(2), within(1e-12));
            assertThat(learner.version()).isEqualTo(2);
            assertThat(learner.symbols()).isEqualTo(28);
        }
    }

    @Test
    void textThatIsReplayedChangesWeightsAndCountsAsNothing() {
        Trial trial = new Trial(SHAPE, 1);
        try (Learner learner = learner(model(trial.weights()))) {
            learner.learn(trial.window(LANES, STEPS), trial.states(LANES));
            Model before = learner.snapshot();
            learner.replay(trial.window(8, 4), trial.states(8));

            assertThat(learner.version()).isEqualTo(2);
            assertThat(learner.snapshot().weights()).isNotEqualTo(before.weights());
            assertThat(learner.symbols()).isEqualTo(before.symbols());
            assertThat(learner.loss().average()).isEqualTo(before.loss().average());
        }
    }

    @Test
    void whatIsLearnedBesideFreshTextChangesTheStepAndCountsAsNothing() {
        Trial trial = new Trial(SHAPE, 1);
        Replay text = new Replay(3);
        text.limit(10_000, 3);
        text.learned(List.of("a"), trial.window(1, 2_000));
        float[] weights = trial.weights();
        Window window = trial.window(LANES, STEPS);
        float[][] states = trial.states(LANES);
        float[][] before = Trial.copy(states);
        float[][] statesBeside = Trial.copy(states);
        try (Learner learner = learner(model(weights));
                Learner beside = learner(model(weights))) {
            LearnedWindow alone = learner.learn(window, states);
            LearnedWindow learned = beside.learn(window, statesBeside, text);

            assertThat(text.replayed()).isEqualTo(3 * STEPS);
            assertThat(learned.content()).isEqualTo(alone.content());
            assertThat(learned.learningRate()).isEqualTo(alone.learningRate());
            assertThat(beside.symbols()).isEqualTo(learner.symbols());
            assertThat(beside.version()).isEqualTo(1);
            assertThat(beside.snapshot().weights())
                    .isNotEqualTo(learner.snapshot().weights());
            assertThat(statesBeside[1]).as("a state after the window").isNotEqualTo(before[1]);
        }
    }

    @Test
    void warmsUpAndFallsWithTheTextLearned() {
        Trial trial = new Trial(SHAPE, 2);
        try (Learner learner = learner(model(trial.weights()))) {
            for (int update = 1; update <= 6; update++) {
                long symbols = learner.symbols();
                assertThat(learner.learn(trial.window(LANES, STEPS), trial.states(LANES))
                                .learningRate())
                        .isEqualTo(RATE.rate(update, symbols, LANES * STEPS));
            }
        }
    }

    @Test
    void theRateFallsAnewFromADriftOn() {
        Trial trial = new Trial(SHAPE, 10);
        Loss drifted = new Loss(2, 1, 900_000, Double.NaN, 0, 0, 0);
        Model model = new Model(
                SHAPE,
                Bytes.ALPHABET,
                7,
                1_000_000,
                drifted,
                1,
                Training.Optimizer.ADAM,
                trial.weights(),
                new float[0][]);
        try (Learner learner = learner(model)) {
            assertThat(learner.learn(trial.window(LANES, STEPS), trial.states(LANES))
                            .learningRate())
                    .isEqualTo(RATE.rate(8, 100_000, LANES * STEPS));
        }
    }

    @Test
    void returnsToTheWeightsOfBeforeWhenTheModelIsBroken() {
        Trial trial = new Trial(SHAPE, 11);
        float[] weights = trial.weights();
        float[] broken = new float[weights.length];
        for (int i = 0; i < broken.length; i++) {
            broken[i] = 30 * weights[i];
        }
        Model now = new Model(
                SHAPE, Bytes.ALPHABET, 5_000, 50_000, Loss.of(3), 1, Training.Optimizer.ADAM, broken, new float[0][]);
        Backend backend = new Nd4jBackend(SHAPE, TRAINING, DataType.FLOAT);
        LearningRate tiny = new LearningRate(1e-9, 0, 0, LANES * STEPS);
        try (Learner learner = new Learner(backend, SHAPE, Bytes.NAME, TRAINING.optimizer(), tiny, 0, now)) {
            learner.setLastGood(model(weights));
            long version = learner.version();
            while (learner.loss().rollbacks() == 0) {
                learner.learn(trial.window(LANES, STEPS), trial.states(LANES));
                assertThat(learner.version()).isGreaterThan(version);
                version = learner.version();
            }

            assertThat(learner.snapshot().weights()).isEqualTo(weights);
            assertThat(learner.loss().aboveUniform()).isZero();
            assertThat(learner.symbols()).isGreaterThan(50_000);
        }
    }

    @Test
    void keepsGoodWeightsNowAndThenWhileItKnowsSomething() {
        Trial trial = new Trial(SHAPE, 12);
        Window[] same = {trial.window(LANES, STEPS)};
        float[][] states = trial.states(LANES);
        Backend backend = new OneDnnBackend(SHAPE, TRAINING, Trial.WORK, 1);
        try (Learner learner =
                new Learner(backend, SHAPE, Bytes.NAME, TRAINING.optimizer(), RATE, 0, model(trial.weights()))) {
            while (learner.version() < 2_000) {
                learn(learner, same, states);
            }
            assertThat(learner.lastGood().version()).isGreaterThanOrEqualTo(1_000);
            assertThat(learner.lastGood().moments()).isEmpty();
        }
    }

    @Test
    void averagesWithoutBiasFromTheFirstWindowOn() {
        Trial trial = new Trial(SHAPE, 3);
        try (Learner learner = learner(model(trial.weights()))) {
            assertThat(learner.loss().average()).isNaN();

            double bits = 0;
            long symbols = 0;
            for (int i = 0; i < 5; i++) {
                LearnedWindow learned = learner.learn(trial.window(LANES, STEPS), trial.states(LANES));
                bits += learned.textBits();
                symbols += learned.content().bytes();
                assertThat(learner.loss().average())
                        .as("so early the average is the plain mean")
                        .isCloseTo(bits / symbols, within(1e-3));
            }
        }
    }

    @Test
    void forgetsTheLossOfLongAgo() {
        Trial trial = new Trial(SHAPE, 4);
        Model old = new Model(
                SHAPE,
                Bytes.ALPHABET,
                7,
                1_000_000,
                Loss.of(100),
                1,
                Training.Optimizer.ADAM,
                trial.weights(),
                new float[0][]);
        try (Learner learner = learner(old)) {
            double bitsPerByte = learner.learn(trial.window(LANES, STEPS), trial.states(LANES))
                    .bitsPerByte();
            double weight = 14 / 100_000.0;

            assertThat(learner.loss().average()).isCloseTo(100 + (bitsPerByte - 100) * weight, within(1e-4));
        }
    }

    @Test
    void takesInTheTextOfASkippedStepButNoVersionAndNoLoss() {
        Trial trial = new Trial(SHAPE, 5);
        float[] weights = trial.weights();
        Arrays.fill(weights, Float.NaN);
        float[][] states = trial.states(LANES);
        float[][] before = Trial.copy(states);
        try (Learner learner = learner(model(weights))) {
            LearnedWindow learned = learner.learn(trial.window(LANES, STEPS), states);

            assertThat(learned.step().skipped()).isTrue();
            assertThat(learner.version()).isZero();
            assertThat(learner.symbols()).isEqualTo(14);
            assertThat(learner.loss().average()).isNaN();
            assertThat(Arrays.deepEquals(states, before)).isTrue();
        }
    }

    @Test
    void goesOnBitForBitFromASnapshotThatWasSavedAndRead() throws IOException {
        Trial trial = new Trial(SHAPE, 6);
        Window[] windows = new Window[8];
        for (int i = 0; i < windows.length; i++) {
            windows[i] = trial.window(LANES, STEPS);
        }
        float[][] states = new float[LANES][SHAPE.stateLength()];
        try (Learner whole = learner(model(trial.weights()))) {
            learn(whole, Arrays.copyOf(windows, 4), states);
            byte[] saved = ModelBytes.of(whole.snapshot());
            float[][] savedStates = Trial.copy(states);
            learn(whole, Arrays.copyOfRange(windows, 4, 8), states);

            try (Learner resumed = learner(ModelBytes.read(saved))) {
                learn(resumed, Arrays.copyOfRange(windows, 4, 8), savedStates);
                assertThat(ModelCodec.crc(resumed.snapshot())).isEqualTo(ModelCodec.crc(whole.snapshot()));
            }
            assertThat(Arrays.deepEquals(savedStates, states)).isTrue();
        }
    }

    @Test
    void aSnapshotStaysAsItWas() {
        Trial trial = new Trial(SHAPE, 7);
        try (Learner learner = learner(model(trial.weights()))) {
            learner.learn(trial.window(LANES, STEPS), trial.states(LANES));
            Model snapshot = learner.snapshot();
            Model toWriteWith = learner.weightsSnapshot();
            long crc = ModelCodec.crc(snapshot);
            learner.learn(trial.window(LANES, STEPS), trial.states(LANES));

            assertThat(ModelCodec.crc(snapshot)).isEqualTo(crc);
            assertThat(toWriteWith.moments()).isEmpty();
            assertThat(toWriteWith.version()).isEqualTo(1);
            assertThat(Arrays.equals(toWriteWith.weights(), snapshot.weights())).isTrue();
        }
    }

    @Test
    void aSnapshotMadeOfAnotherOnesArraysIsWholeAndLeavesTheOthersAlone() {
        Trial trial = new Trial(SHAPE, 7);
        try (Learner learner = learner(model(trial.weights()))) {
            Model first = learner.snapshot();
            Model kept = learner.snapshot();
            long keptCrc = ModelCodec.crc(kept);
            learner.release(first);
            learner.learn(trial.window(LANES, STEPS), trial.states(LANES));
            Model second = learner.snapshot();

            assertThat(second.weights()).isSameAs(first.weights());
            assertThat(ModelCodec.crc(second)).isEqualTo(ModelCodec.crc(learner.snapshot()));
            assertThat(ModelCodec.crc(kept)).isEqualTo(keptCrc);
        }
    }

    @Test
    void refusesAModelOfAnotherKind() {
        Trial trial = new Trial(SHAPE, 8);
        float[] weights = trial.weights();
        Shape other = new Shape(Bytes.SYMBOLS, 4, 7, 2);
        float[] moment = new float[SHAPE.parameters()];

        assertRefused(
                new Model(
                        other,
                        Bytes.ALPHABET,
                        0,
                        0,
                        Loss.UNKNOWN,
                        0,
                        Training.Optimizer.ADAM,
                        new float[other.parameters()],
                        new float[0][]),
                "expected " + SHAPE + ", found " + other);
        assertRefused(
                new Model(
                        SHAPE,
                        Alphabet.of(CodePoints.NAME, 512),
                        0,
                        0,
                        Loss.UNKNOWN,
                        0,
                        Training.Optimizer.ADAM,
                        weights,
                        new float[0][]),
                "expected bytes, found code-points");
        assertRefused(
                new Model(
                        SHAPE,
                        Bytes.ALPHABET,
                        0,
                        0,
                        Loss.UNKNOWN,
                        0,
                        Training.Optimizer.RMSPROP,
                        weights,
                        new float[][] {moment}),
                "expected ADAM, found RMSPROP");
        assertRefused(
                new Model(
                        SHAPE, Bytes.ALPHABET, 0, 0, Loss.UNKNOWN, 0, Training.Optimizer.SGD, weights, new float[0][]),
                "expected ADAM, found SGD");
    }

    @Test
    void takesWeightsWithoutMomentsFromAnyOptimizer() {
        Trial trial = new Trial(SHAPE, 9);
        Model model = new Model(
                SHAPE,
                Bytes.ALPHABET,
                3,
                50,
                Loss.of(4.5),
                1,
                Training.Optimizer.RMSPROP,
                trial.weights(),
                new float[0][]);
        try (Learner learner = learner(model)) {
            assertThat(learner.snapshot().optimizer()).isEqualTo(Training.Optimizer.ADAM);
            assertThat(learner.version()).isEqualTo(3);
        }
    }

    private static void assertRefused(Model model, String message) {
        assertThatExceptionOfType(ModelMismatchException.class)
                .isThrownBy(() -> learner(model))
                .withMessageContaining(message);
    }

    private static Learner learner(Model model) {
        Backend backend = new Nd4jBackend(SHAPE, TRAINING, DataType.FLOAT);
        return new Learner(backend, SHAPE, Bytes.NAME, TRAINING.optimizer(), RATE, 0, model);
    }

    private static Model model(float[] weights) {
        return new Model(
                SHAPE, Bytes.ALPHABET, 0, 0, Loss.UNKNOWN, 42, Training.Optimizer.ADAM, weights, new float[0][]);
    }

    private static void learn(Learner learner, Window[] windows, float[][] states) {
        for (Window window : windows) {
            learner.learn(window, states);
        }
    }
}
