package io.babble.job.learn;

import static io.babble.job.TestSettings.small;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.options.Settings;
import io.babble.model.Model;
import io.babble.records.Prompt;
import io.babble.records.Report;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** What was learned, learned again: beside new text, and while nothing comes. */
class LearnerReplayTest {
    @Test
    void whatWasLearnedIsLearnedAgainInTheSameStepAndNeverCounted() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("window.lanes", "1", "replay.lanes", "3"));
                LearnerHarness without = LearnerHarness.started(small("window.lanes", "1", "replay.lanes", "0"))) {
            LearnerTexts.readText(learner, 0, 3_000);
            LearnerTexts.readText(without, 0, 3_000);

            Report report = learner.lastReport();
            Report alone = without.lastReport();
            assertThat(report.symbols()).isEqualTo(3_000);
            assertThat(report.step()).isEqualTo(alone.step());
            assertThat(report.lanes()).isEqualTo(1);
            assertThat(report.replayed()).as("beside all but the first 1024").isBetween(3 * 1_900L, 3 * 2_000L);
            assertThat(alone.replayed()).isZero();
            assertThat(learner.model().weights()).isNotEqualTo(without.model().weights());
        }
    }

    /** They are as small as they may be below 2 · 8192 pending bytes. */
    @Test
    void whereTextPilesUpAndWindowsGrowNothingIsLearnedAgain() throws Exception {
        Settings settings = small("window.lanes", "1", "window.lanes.max", "1", "replay.lanes", "1");
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            LearnerTexts.readText(learner, 0, 1_100);
            learner.read("text", LearnerTexts.alphabet(1_100, 41_000));
            learner.settle();

            Report report = learner.lastReport();
            assertThat(report.symbols()).isEqualTo(41_000);
            assertThat(report.replayed()).isBetween(2 * 8_192 - 100L, 2 * 8_192 + 100L);
        }
    }

    @Test
    void aStreamThatANullValueEndsIsForgottenAndTextBehindItIsNot() throws Exception {
        Settings settings = small("linger", "1 h", "replay.capacity", "100000");
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            learner.read("kept", "k".repeat(3_000));
            learner.read("ended", "e".repeat(3_000));
            learner.settle();
            assertThat(learner.replayState()).contains("eeee").contains("kkkk");
            learner.read("ended", "fff");
            learner.end("ended");
            learner.read("ended", "g".repeat(3_000));
            learner.settle();

            assertThat(learner.replayState()).doesNotContain("eee").doesNotContain("fff");
            assertThat(learner.replayState()).contains("kkkk").contains("gggg");
            assertThat(learner.lastReport().symbols()).isEqualTo(3 * 3_000 + 3);
        }
    }

    @Test
    void aStreamThatWasLearnedLongAgoIsForgottenToo() throws Exception {
        OperatorSubtaskState state;
        try (LearnerHarness learner = LearnerHarness.started(small("streams.max", "1"))) {
            learner.read("ended", "e".repeat(3_000));
            learner.read("another", "k".repeat(3_000));
            learner.settle();
            assertThat(learner.replayState())
                    .as("evicting it is not forgetting it")
                    .contains("eeee");
            state = learner.snapshot();
        }
        try (LearnerHarness learner = LearnerHarness.restored(small("learning", "false"), state)) {
            assertThat(learner.replayState()).contains("eeee");
            learner.end("ended");

            assertThat(learner.replayState()).doesNotContain("eee").contains("kkkk");
        }
    }

    @Test
    void whileNothingComesItGoesOnWithWhatItHasAndFreshTextGoesFirst() throws Exception {
        Settings settings = small("replay.idle", "true", "window.lanes", "1");
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            learner.read("text", LearnerTexts.alphabet(0, 2_000));
            learner.settle();
            long before = learner.model().version();
            learner.passTime(100);
            Model idle = learner.model();
            learner.read("text", "abcd");
            learner.settle();

            assertThat(idle.version()).isGreaterThan(before);
            assertThat(idle.symbols()).isEqualTo(2_000);
            assertThat(learner.model().symbols()).isEqualTo(2_004);
        }
    }

    @Test
    void whileNothingComesItStillReportsAndWritesSamples() throws Exception {
        Settings settings = small("replay.idle", "true", "window.lanes", "1", "samples.every", "1");
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            learner.read("text", LearnerTexts.alphabet(0, 2_000));
            learner.settle();
            Report fresh = learner.lastReport();
            int samples = learner.prompts().size();
            Report idle = learner.lastReport();

            assertThat(idle.number()).isGreaterThan(fresh.number());
            assertThat(idle.replayed()).isGreaterThan(fresh.replayed());
            assertThat(idle.symbols()).isEqualTo(fresh.symbols());
            assertThat(idle.bitsPerByteAverage()).isEqualTo(fresh.bitsPerByteAverage());
            assertThat(idle.bitsPerByte()).isNaN();
            assertThat(idle.lagMillis()).isNaN();
            assertThat(learner.prompts()).hasSizeGreaterThan(samples);
            assertThat(learner.prompts()).extracting(Prompt::id).doesNotHaveDuplicates();
        }
    }
}
