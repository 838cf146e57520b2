package io.babble.job.learn;

import static io.babble.job.TestSettings.small;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.operator.Chunk;
import io.babble.job.options.Settings;
import io.babble.records.Report;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/**
 * How a learner ends: behind the savepoint that a job stops with nothing happens, at the end of all text everything
 * does.
 */
class LearnerStopTest {
    private static final Settings SETTINGS = small("linger", "1 s", "samples.every", "5", "model.every", "1 s");

    @Test
    void afterTheSavepointThatAJobStopsWithNothingMoreHappens() throws Exception {
        OperatorSubtaskState state;
        try (LearnerHarness learner = LearnerHarness.started(SETTINGS)) {
            learner.read("a", "abcdefghij");
            state = learner.stopSavepoint(5);
            passesTimeWithoutAnything(learner);
        }
        try (LearnerHarness learner = LearnerHarness.restored(SETTINGS, state)) {
            learner.settle();
            learner.passTime(5_000);

            assertThat(learner.lastReport().symbols()).isEqualTo(10);
        }
    }

    @Test
    void weightsThatAreUnderWayStayWhereTheyAreToo() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("model.hidden", "160"))) {
            learner.stopSavepoint(5);
            passesTimeWithoutAnything(learner);
        }
    }

    @Test
    void aSavepointThatFailsLetsTheLearnerGoOn() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(SETTINGS)) {
            learner.read("a", "abcdefghij");
            learner.stopSavepoint(5);
            learner.settle();
            learner.checkpointAborted(5);
            learner.settle();
            learner.passTime(2_000);

            assertThat(learner.lastReport().symbols()).isEqualTo(10);
            assertThat(learner.chunks()).isNotEmpty();
        }
    }

    @Test
    void anOlderCheckpointThatFailsDoesNotWakeALearnerThatStops() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(SETTINGS)) {
            learner.read("a", "abcdefghij");
            learner.stopSavepoint(5);
            learner.checkpointAborted(4);
            passesTimeWithoutAnything(learner);
        }
    }

    @Test
    void atTheEndOfAllTextTheRestIsLearnedAndReported() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("linger", "1 h"))) {
            learner.read("a", "abcdefg");
            learner.read("b", "hij");
            learner.finish();

            List<Report> reports = learner.reports();
            assertThat(reports.get(reports.size() - 1).symbols()).isEqualTo(10);
            assertThat(reports.get(reports.size() - 1).pending()).isZero();
        }
    }

    @Test
    void atTheEndOfAllTextTheNewestWeightsReachTheWriters() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("model.hidden", "160", "model.every", "1 h"))) {
            learner.read("a", "abcdefgh");
            learner.finish();
            learner.settle();

            List<Chunk> chunks = learner.chunks();
            Chunk last = chunks.get(chunks.size() - 1);
            assertThat(last.number()).isEqualTo(last.count() - 1);
            assertThat(last.version()).isEqualTo(learner.model().version());
        }
    }

    private static void passesTimeWithoutAnything(LearnerHarness learner) throws Exception {
        int reports = learner.reports().size();
        int prompts = learner.prompts().size();
        int chunks = learner.chunks().size();
        long model = learner.modelCrc();
        learner.settle();
        learner.passTime(20_000);

        assertThat(learner.reports()).hasSize(reports);
        assertThat(learner.prompts()).hasSize(prompts);
        assertThat(learner.chunks()).hasSize(chunks);
        assertThat(learner.modelCrc()).isEqualTo(model);
    }
}
