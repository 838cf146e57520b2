package io.babble.job.learn;

import static io.babble.job.TestSettings.small;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.options.Settings;
import io.babble.job.source.Piece;
import io.babble.records.Report;
import io.babble.text.RecordPart.Ending;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of one stream in two partitions, whose pieces come in turns. */
class LearnerRecordsTest {
    private static final int PIECE = 7;
    private static final byte[] FIRST = "Größe und Maß, 大きさ: ".repeat(12).getBytes(StandardCharsets.UTF_8);
    private static final byte[] SECOND = "A second record, – 日本語 🦜. ".repeat(9).getBytes(StandardCharsets.UTF_8);
    private static final int PIECES = Math.max(FIRST.length, SECOND.length) / PIECE + 1;

    private final Settings settings = small("deterministic", "true", "window.lanes", "1");

    @ParameterizedTest
    @ValueSource(strings = {"bytes", "code-points"})
    void areLearnedOneAfterTheOther(String alphabet) throws Exception {
        Settings both = small("deterministic", "true", "window.lanes", "1", "alphabet", alphabet);
        try (LearnerHarness whole = LearnerHarness.started(both);
                LearnerHarness interleaved = LearnerHarness.started(both)) {
            readWhole(whole);
            readInTurns(interleaved, 0, PIECES);

            assertThat(interleaved.modelCrc()).isEqualTo(whole.modelCrc());
            assertIsAllLearned(interleaved);
        }
    }

    @Test
    void areLearnedOneAfterTheOtherWhereverTheJobIsRestored() throws Exception {
        long expected;
        try (LearnerHarness whole = LearnerHarness.started(settings)) {
            readWhole(whole);
            expected = whole.modelCrc();
        }
        for (int middle : new int[] {1, 2, PIECES / 2, PIECES - 2}) {
            OperatorSubtaskState state;
            try (LearnerHarness learner = LearnerHarness.started(settings)) {
                readInTurns(learner, 0, middle);
                state = learner.snapshot();
            }
            try (LearnerHarness learner = LearnerHarness.restored(settings, state)) {
                readInTurns(learner, middle, PIECES);

                assertThat(learner.modelCrc()).isEqualTo(expected);
                assertIsAllLearned(learner);
            }
        }
    }

    @Test
    void whatWaitsIsPending() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            for (int piece = 0; piece < FIRST.length / PIECE; piece++) {
                readInTurns(learner, piece, piece + 1);
                Report report = learner.lastReport();

                assertThat(report.accepted()).isEqualTo(accepted(FIRST, piece + 1) + accepted(SECOND, piece + 1));
                assertThat(report.symbols() + report.pending() + report.dead()).isEqualTo(report.accepted());
            }
        }
    }

    @Test
    void aFullStateLetsTheRecordThatWaitsLongestFollow() throws Exception {
        Settings full = small("deterministic", "true", "window.lanes", "1", "pending.max", "50");
        try (LearnerHarness learner = LearnerHarness.started(full)) {
            read(learner, 0, FIRST, 0);
            for (int piece = 0; piece < PIECES; piece++) {
                read(learner, 1, SECOND, piece);
            }
            Report report = learner.lastReport();
            assertThat(report.symbols()).isEqualTo(accepted(FIRST, 1) + SECOND.length - report.pending());
            assertThat(report.pending()).isLessThan(4);

            for (int piece = 1; piece < PIECES; piece++) {
                read(learner, 0, FIRST, piece);
            }
            assertIsAllLearned(learner);
        }
    }

    @Test
    void aRecordWhoseRestDoesNotComeIsGivenUpAfterTheIdleTimeout() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("streams.idle-timeout", "1 min", "linger", "1 s"))) {
            read(learner, 0, FIRST, 0);
            for (int piece = 0; piece < PIECES; piece++) {
                read(learner, 1, SECOND, piece);
            }
            passSeconds(learner, 50);
            assertThat(learner.lastReport().symbols()).isEqualTo(accepted(FIRST, 1));

            byte[] next = {'!'}; // so that the stream is not idle itself
            read(learner, 1, next, 0);
            passSeconds(learner, 20);
            assertThat(learner.lastReport().symbols()).isEqualTo(accepted(FIRST, 1) + SECOND.length + next.length);
            assertThat(learner.lastReport().streams()).isEqualTo(1);
        }
    }

    @Test
    void whatWaitsIsLearnedInTheEnd() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            readInTurns(learner, 0, 3);
            learner.finish();

            Report report = learner.lastReport();
            assertThat(report.symbols() + report.dead() + report.pending()).isEqualTo(6 * PIECE);
            assertThat(report.pending()).as("within a character").isLessThan(4);
        }
    }

    @Test
    void theEndOfAStreamWaitsToo() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            read(learner, 0, FIRST, 0);
            learner.read(new Piece("a", new byte[0], Ending.STREAM, "text", 1, 0, 0, true, true, null));
            assertThat(learner.lastReport().streams()).isEqualTo(1);

            for (int piece = 1; piece < PIECES; piece++) {
                read(learner, 0, FIRST, piece);
            }
            learner.finish();
            Report report = learner.lastReport();
            assertThat(report.streams()).isZero();
            assertThat(report.symbols()).isEqualTo(FIRST.length);
            assertThat(report.endOfTexts()).isEqualTo(1);
        }
    }

    @Test
    void aStreamWhoseEndHasWaitedIsNoLongerOpen() throws Exception {
        Settings full = small("window.lanes", "1", "pending.max", "50", "streams.idle-timeout", "1 min");
        try (LearnerHarness learner = LearnerHarness.started(full)) {
            read(learner, 0, FIRST, 0);
            learner.read(new Piece("a", new byte[0], Ending.STREAM, "text", 1, 0, 0, true, true, null));
            learner.read(new Piece("b", new byte[40], Ending.NOTHING, "text", 0, 1, 0, true, false, null));
            learner.read(new Piece("b", new byte[60], Ending.NOTHING, "text", 1, 1, 0, true, true, null));
            passSeconds(learner, 5);
            assertThat(learner.lastReport().streams()).isEqualTo(1);

            passSeconds(learner, 70);
            assertThat(learner.lastReport().streams()).isZero();
            assertThat(learner.lastReport().symbols()).isEqualTo(accepted(FIRST, 1) + 100);
        }
    }

    @Test
    void aDeadLetterSaysInWhichRecordItsBytesCame() throws Exception {
        byte[] dead = {'x', (byte) 0xFF};
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            read(learner, 0, FIRST, 0);
            read(learner, 1, dead, 0);
            assertThat(learner.deadLetters()).isEmpty();

            for (int piece = 1; piece < PIECES; piece++) {
                read(learner, 0, FIRST, piece);
            }
            assertThat(learner.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.value()).containsExactly(0xFF);
                assertThat(letter.partition()).isEqualTo(1);
            });
        }
    }

    private static void passSeconds(LearnerHarness learner, int seconds) throws Exception {
        for (int second = 0; second < seconds; second++) {
            learner.passTime(1_000);
        }
    }

    private static void assertIsAllLearned(LearnerHarness learner) throws Exception {
        learner.finish();
        Report report = learner.lastReport();
        assertThat(report.accepted()).isEqualTo(FIRST.length + SECOND.length);
        assertThat(report.symbols() + report.dead()).isEqualTo(report.accepted());
        assertThat(report.pending()).isZero();
    }

    private static void readWhole(LearnerHarness learner) throws Exception {
        for (int piece = 0; piece < PIECES; piece++) {
            read(learner, 0, FIRST, piece);
        }
        for (int piece = 0; piece < PIECES; piece++) {
            read(learner, 1, SECOND, piece);
        }
    }

    private static void readInTurns(LearnerHarness learner, int from, int to) throws Exception {
        for (int piece = from; piece < to; piece++) {
            read(learner, 0, FIRST, piece);
            read(learner, 1, SECOND, piece);
        }
    }

    /** Reads one piece of the record in a partition; nothing behind its last one. */
    private static void read(LearnerHarness learner, int partition, byte[] record, int piece) throws Exception {
        int begin = accepted(record, piece);
        int end = accepted(record, piece + 1);
        if (begin < end) {
            byte[] text = Arrays.copyOfRange(record, begin, end);
            learner.read(new Piece(
                    "a", text, Ending.NOTHING, "text", partition, 0, 0, piece == 0, end == record.length, null));
        }
    }

    /** Bytes of the first {@code pieces}. */
    private static int accepted(byte[] record, int pieces) {
        return Math.min(record.length, pieces * PIECE);
    }
}
