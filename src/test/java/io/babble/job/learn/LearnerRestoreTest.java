package io.babble.job.learn;

import static io.babble.job.TestSettings.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.job.options.Settings;
import io.babble.records.Report;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

/** What a snapshot keeps, and what it is refused for. */
class LearnerRestoreTest {
    @Test
    void afterARestoreTheNextStepsAreTheSame() throws Exception {
        Settings settings = small("deterministic", "true", "dropout", "0.2", "pending.max", "50");
        reportAfterARestoreThatChangesNothing(settings, LearnerTexts::readSome, 50, 120);
    }

    @Test
    void afterARestoreCharactersAreTheSymbolsThatTheyWere() throws Exception {
        Settings settings = small("deterministic", "true", "alphabet", "code-points", "alphabet.capacity", "512");
        Report report = reportAfterARestoreThatChangesNothing(settings, LearnerTexts::readChinese, 60, 150);

        assertThat(report.unknown()).as("not all of them had a place").isPositive();
        assertThat(report.symbols() + report.pending()).isEqualTo(report.accepted());
    }

    @Test
    void afterARestoreTheSameTextIsReplayed() throws Exception {
        Settings settings = small("deterministic", "true", "window.lanes", "1");
        Report report = reportAfterARestoreThatChangesNothing(settings, LearnerTexts::readText, 2_500, 5_000);
        assertThat(report.replayed()).isPositive();
    }

    @Test
    void whatIsPendingAfterARestoreIsLearnedWithoutNewText() throws Exception {
        Settings settings = small("linger", "1 s");
        OperatorSubtaskState state;
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            learner.read("a", "abcdefghij");
            state = learner.snapshot();
        }
        try (LearnerHarness learner = LearnerHarness.restored(settings, state)) {
            learner.settle();
            learner.passTime(5_000);

            assertThat(learner.lastReport().symbols()).isEqualTo(10);
        }
    }

    @Test
    void snapshotsDoNotChangeWhatIsLearned() throws Exception {
        Settings settings = small("deterministic", "true");
        try (LearnerHarness with = LearnerHarness.started(settings);
                LearnerHarness without = LearnerHarness.started(settings)) {
            for (int i = 0; i < 60; i++) {
                LearnerTexts.readSome(with, i, i + 1);
                with.snapshot();
            }
            LearnerTexts.readSome(without, 0, 60);

            assertThat(with.modelCrc()).isEqualTo(without.modelCrc());
        }
    }

    @Test
    void inDeterministicModeTimeChangesNothing() throws Exception {
        Settings settings = small("deterministic", "true", "linger", "1 s", "streams.idle-timeout", "1 s");
        try (LearnerHarness fast = LearnerHarness.started(settings);
                LearnerHarness slow = LearnerHarness.started(settings)) {
            LearnerTexts.readSome(fast, 0, 60);
            for (int i = 0; i < 60; i++) {
                LearnerTexts.readSome(slow, i, i + 1);
                slow.passTime(3_000);
            }

            assertThat(slow.modelCrc()).isEqualTo(fast.modelCrc());
        }
    }

    @Test
    void aModelThatIsBrokenGetsItsWeightsOfBefore() throws Exception {
        Settings settings = small("window.lanes", "1");
        Settings absurd = small(
                "window.lanes",
                "1",
                "learning-rate",
                "30",
                "learning-rate.warmup",
                "0",
                "clip.at",
                "0",
                "replay.lanes",
                "0");
        OperatorSubtaskState known;
        double loss;
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            LearnerTexts.readText(learner, 0, 18_000);
            learner.lastReport();
            LearnerTexts.readText(learner, 18_000, 20_000);
            loss = learner.lastReport().bitsPerByte();
            known = learner.snapshot();
        }
        OperatorSubtaskState broken;
        try (LearnerHarness learner = LearnerHarness.restored(absurd, known)) {
            LearnerTexts.readText(learner, 20_000, 22_000);

            assertThat(learner.lastReport().rollbacks()).isPositive();
            broken = learner.snapshot();
        }
        try (LearnerHarness learner = LearnerHarness.restored(settings, broken)) {
            LearnerTexts.readText(learner, 22_000, 28_000);
            learner.lastReport();
            LearnerTexts.readText(learner, 28_000, 30_000);

            assertThat(learner.lastReport().bitsPerByte()).isLessThan(loss + 0.5);
            assertThat(learner.lastReport().symbols()).isEqualTo(30_000);
        }
    }

    @Test
    void aModelOfAnotherShapeIsRefusedWithBothShapes() throws Exception {
        OperatorSubtaskState state;
        try (LearnerHarness learner = LearnerHarness.started(small())) {
            state = learner.snapshot();
        }
        assertThatThrownBy(() -> LearnerHarness.restored(small("model.hidden", "16"), state))
                .rootCause()
                .hasMessageContaining("hidden=16")
                .hasMessageContaining("hidden=8");
    }

    @Test
    void theFirstOfTwoLearnersIsRefusedForGood() {
        assertThatThrownBy(() -> LearnerHarness.started(small(), 2))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("learn has parallelism 2");
    }

    @Test
    void anotherAlphabetOrCapacityIsRefusedWithBoth() throws Exception {
        OperatorSubtaskState bytes;
        OperatorSubtaskState codePoints;
        try (LearnerHarness learner = LearnerHarness.started(small())) {
            bytes = learner.snapshot();
        }
        try (LearnerHarness learner =
                LearnerHarness.started(small("alphabet", "code-points", "alphabet.capacity", "512"))) {
            codePoints = learner.snapshot();
        }
        assertThatThrownBy(() -> LearnerHarness.restored(small("alphabet", "code-points"), bytes))
                .rootCause()
                .hasMessageContaining("expected code-points, found bytes");
        assertThatThrownBy(() -> LearnerHarness.restored(small(), codePoints))
                .rootCause()
                .hasMessageContaining("expected bytes, found code-points");
        assertThatThrownBy(() -> LearnerHarness.restored(
                        small("alphabet", "code-points", "alphabet.capacity", "513"), codePoints))
                .rootCause()
                .hasMessageContaining("symbols=513")
                .hasMessageContaining("symbols=512");
    }

    private interface Text {
        void read(LearnerHarness learner, int from, int to) throws Exception;
    }

    /** The last report of a learner that was restored in the middle of a text and must end as one that was not. */
    private static Report reportAfterARestoreThatChangesNothing(Settings settings, Text text, int middle, int end)
            throws Exception {
        try (LearnerHarness uninterrupted = LearnerHarness.started(settings)) {
            text.read(uninterrupted, 0, middle);
            OperatorSubtaskState state = uninterrupted.snapshot();
            text.read(uninterrupted, middle, end);

            try (LearnerHarness restored = LearnerHarness.restored(settings, state)) {
                text.read(restored, middle, end);

                assertThat(restored.modelCrc()).isEqualTo(uninterrupted.modelCrc());
                assertThat(restored.lastReport())
                        .usingRecursiveComparison()
                        .comparingOnlyFields(
                                "step", "symbols", "bitsPerByteAverage", "pending", "accepted", "dead", "replayed")
                        .isEqualTo(uninterrupted.lastReport());
                return restored.lastReport();
            }
        }
    }
}
