package io.babble.job.learn;

import static io.babble.job.TestSettings.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.job.options.Settings;
import io.babble.job.source.Piece;
import java.time.Duration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.CancelTaskException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Much text waits that a learner cannot learn in one piece of work: after a restart with smaller limits, and at the
 * end.
 */
class LearnerBacklogTest {
    private static final int BACKLOG = 1 << 20;
    /** More than Flink buffers ahead of a barrier. */
    private static final int PIECES_BEFORE_A_BARRIER = 256;

    private static final Settings LARGE = small("pending.max", "4000000", "linger", "1 h", "replay.lanes", "0");

    @Test
    @Timeout(120)
    void aCheckpointAfterARestartWithASmallerBoundDoesNotWaitForTheBacklog() throws Exception {
        Settings settings = small("pending.max", "10000", "linger", "1 h", "replay.lanes", "0");
        try (LearnerHarness learner = LearnerHarness.restored(settings, backlog(BACKLOG))) {
            long begin = System.nanoTime();
            for (int i = 0; i < PIECES_BEFORE_A_BARRIER; i++) {
                learner.read("stream 1", LearnerTexts.alphabet(0, Piece.MAX_BYTES));
            }
            learner.snapshot();

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
            long symbols = learner.model().symbols();
            assertThat(symbols).as("what came is learned, the backlog is not").isBetween(60_000L, 400_000L);
            learner.settle();
            assertThat(learner.lastReport().pending())
                    .as("learned in the background")
                    .isLessThan(10_000);
        }
    }

    @Test
    void inDeterministicModeABacklogIsLearnedWithTheNextPiecesWhateverIsKilledMeanwhile() throws Exception {
        Settings settings = small("pending.max", "1000", "deterministic", "true", "replay.lanes", "0");
        OperatorSubtaskState middle;
        long crc;
        try (LearnerHarness learner = LearnerHarness.restored(settings, backlog(60_000))) {
            readPieces(learner, 0, 1);
            assertThat(learner.model().symbols()).as("about twice a piece").isBetween(256L, 600L);
            readPieces(learner, 1, 40);
            middle = learner.snapshot();
            learner.settle();
            learner.passTime(100_000);
            readPieces(learner, 40, 80);
            crc = learner.modelCrc();
            assertThat(learner.model().symbols()).isBetween(30_000L, 50_000L);
        }
        try (LearnerHarness learner = LearnerHarness.restored(settings, middle)) {
            readPieces(learner, 40, 80);

            assertThat(learner.modelCrc()).isEqualTo(crc);
        }
    }

    @Test
    void inDeterministicModeABacklogHasAnEnd() throws Exception {
        Settings settings = small("pending.max", "1000", "deterministic", "true", "replay.lanes", "0");
        try (LearnerHarness learner = LearnerHarness.restored(settings, backlog(20_000))) {
            readPieces(learner, 0, 100);

            assertThat(learner.lastReport().pending()).isLessThan(1_000);
        }
    }

    @Test
    void fewerStreamsAreEndedInTheBackground() throws Exception {
        OperatorSubtaskState state;
        try (LearnerHarness learner = LearnerHarness.started(LARGE)) {
            for (int i = 0; i < 300; i++) {
                learner.read("stream " + i, LearnerTexts.alphabet(0, Piece.MAX_BYTES));
            }
            state = learner.snapshot();
        }
        Settings settings = small("streams.max", "10", "linger", "1 h", "replay.lanes", "0");
        try (LearnerHarness learner = LearnerHarness.restored(settings, state)) {
            learner.read("stream 1", LearnerTexts.alphabet(0, Piece.MAX_BYTES));
            assertThat(learner.model().symbols()).isLessThan(300 * Piece.MAX_BYTES / 2);

            learner.settle();
            assertThat(learner.lastReport().streams()).isEqualTo(10);
            assertThat(learner.lastReport().pending())
                    .as("less than a window each")
                    .isLessThan(40);
        }
    }

    @Test
    @Timeout(60)
    void aCancelIsHeardWhileTheRestIsLearnedAtTheEnd() throws Exception {
        try (LearnerHarness learner = LearnerHarness.restored(LARGE, backlog(100_000))) {
            learner.cancelTask();

            assertThatThrownBy(learner::finish).isInstanceOf(CancelTaskException.class);
            assertThat(learner.reports()).isEmpty();
        }
    }

    /** A learner's state in which so much text waits. */
    private static OperatorSubtaskState backlog(int bytes) throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(LARGE)) {
            readPieces(learner, 0, bytes / Piece.MAX_BYTES);
            return learner.snapshot();
        }
    }

    private static void readPieces(LearnerHarness learner, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            learner.read("stream " + i % 2, LearnerTexts.alphabet(i, i + Piece.MAX_BYTES));
        }
    }
}
