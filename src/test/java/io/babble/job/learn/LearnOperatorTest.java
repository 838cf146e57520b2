package io.babble.job.learn;

import static io.babble.job.TestSettings.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.babble.job.Chunk;
import io.babble.job.Settings;
import io.babble.job.source.Piece.Ending;
import io.babble.model.Model;
import io.babble.model.ModelBytes;
import io.babble.records.Prompt;
import io.babble.records.Report;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearnOperatorTest {

    @Test
    void aWholeWindowIsLearnedAtOnce() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small())) {
            learner.read("a", "abcd");
            learner.settle();

            Report report = learner.lastReport();
            assertThat(report.symbols()).isEqualTo(4);
            assertThat(report.step()).isEqualTo(1);
            assertThat(report.pending()).isZero();
        }
    }

    @Test
    void lessThanAWindowIsLearnedAfterTheLinger() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("linger", "10 s"))) {
            learner.read("a", "abc");
            learner.passTime(9_999);
            assertThat(learner.reports()).isEmpty();

            learner.passTime(10_001);
            assertThat(learner.lastReport().symbols()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes", "code-points"})
    void acceptedIsLearnedPendingAndDeadWhateverComes(String alphabet) throws Exception {
        Random random = new Random(7);
        Settings settings = small("streams.max", "3", "pending.max", "64", "alphabet", alphabet);
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            long sent = 0;
            for (int i = 0; i < 500; i++) {
                byte[] text = new byte[random.nextInt(12)];
                random.nextBytes(text);
                if (random.nextBoolean()) {
                    text = "é€x🦜".substring(random.nextInt(3)).getBytes(StandardCharsets.UTF_8);
                    text = Arrays.copyOf(text, random.nextInt(text.length + 1));
                }
                sent += text.length;
                Ending ending =
                        switch (random.nextInt(16)) {
                            case 0 -> Ending.TEXT;
                            case 1 -> Ending.STREAM;
                            default -> Ending.NOTHING;
                        };
                learner.read("stream " + random.nextInt(6), text, ending);
                if (random.nextInt(5) == 0) {
                    learner.settle();
                }
            }
            learner.passTime(10_000);

            Report report = learner.lastReport();
            assertThat(report.accepted()).isEqualTo(sent);
            assertThat(report.symbols() + report.pending() + report.dead()).isEqualTo(sent);
            assertThat(report.pending()).isLessThan(12);
            assertThat(report.streams()).isLessThanOrEqualTo(3);
            long dead = learner.deadLetters().stream()
                    .mapToLong(letter -> letter.value().length)
                    .sum();
            assertThat(dead).isEqualTo(report.dead());
        }
    }

    @Test
    void bytesThatAreNotUtf8AreADeadLetterAndTheStreamGoesOn() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small())) {
            learner.read("a", new byte[] {'a', 'b', (byte) 0xFF, 'c', 'd'}, Ending.NOTHING);
            learner.settle();

            assertThat(learner.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.value()).containsExactly(0xFF);
                assertThat(letter.error()).contains("1 bytes").contains("UTF-8");
            });
            assertThat(learner.lastReport().symbols()).isEqualTo(4);
        }
    }

    @Test
    void theRestOfAnEndedStreamIsLearnedWithItsEndAndCountedApart() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("linger", "1 h"))) {
            learner.read("a", "abcde");
            learner.end("a");
            learner.settle();

            Report report = learner.lastReport();
            assertThat(report.symbols()).isEqualTo(5);
            assertThat(report.endOfTexts()).isEqualTo(1);
            assertThat(report.streams()).isZero();
        }
    }

    @Test
    void oneStreamTooManyEndsTheLeastRecentlyUsed() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("streams.max", "2", "linger", "1 h"))) {
            learner.read("a", "aaaa");
            learner.read("b", "bbbb");
            learner.read("a", "aaaa");
            learner.read("c", "cccc");
            learner.settle();

            Report report = learner.lastReport();
            assertThat(report.streams()).isEqualTo(2);
            assertThat(report.endOfTexts()).isEqualTo(1);
            assertThat(report.symbols()).isEqualTo(16);
        }
    }

    @Test
    void aSilentStreamIsEnded() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("streams.idle-timeout", "1 min"))) {
            learner.read("a", "aaaa");
            learner.passTime(70_000);

            assertThat(learner.lastReport().streams()).isZero();
        }
    }

    @Test
    void pendingTextIsBounded() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("pending.max", "100"))) {
            learner.read("a", "x".repeat(1_000));

            assertThat(learner.lastReport().symbols()).isGreaterThan(900);
        }
    }

    @Test
    void reportsGoOnCountingAndNeverComeMoreOftenThanAsked() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("reports.every", "2 s"))) {
            for (int second = 0; second < 10; second++) {
                learner.read("a", "abcdefgh");
                learner.settle();
                learner.passTime(1_000);
            }

            assertThat(learner.reports()).extracting(Report::number).containsExactly(0L, 1L, 2L, 3L, 4L);
        }
    }

    @Test
    void asksForASampleEverySoManySymbols() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("samples.every", "100", "samples.length", "7"))) {
            for (int i = 0; i < 40; i++) {
                learner.read("a", "abcdefgh");
            }
            learner.settle();

            assertThat(learner.prompts()).hasSize(4).allSatisfy(prompt -> assertThat(prompt.length())
                    .isEqualTo(7));
        }
    }

    @Test
    void theWritersGetTheFirstWeightsBeforeAnythingIsLearned() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small())) {
            learner.settle();

            assertThat(sent(learner).version()).isZero();
        }
    }

    @Test
    void newWeightsLeaveInChunksWhenTheyAreDue() throws Exception {
        Settings settings = small("model.every", "5 s", "model.hidden", "160");
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            learner.settle();
            int first = learner.chunks().size();
            assertThat(first).isGreaterThan(1);

            learner.read("a", "abcd");
            learner.passTime(4_000);
            assertThat(learner.chunks()).hasSize(first);
            learner.passTime(2_000);
            assertThat(learner.chunks()).hasSize(2 * first);
            assertThat(learner.chunks().get(first).version()).isEqualTo(1);
        }
    }

    @Test
    void afterARestoreTheNextStepsAreTheSame() throws Exception {
        Settings settings = small("deterministic", "true", "dropout", "0.2", "pending.max", "50");
        reportAfterARestoreThatChangesNothing(settings, LearnOperatorTest::readSome, 50, 120);
    }

    @Test
    void afterARestoreCharactersAreTheSymbolsThatTheyWere() throws Exception {
        Settings settings = small("deterministic", "true", "alphabet", "code-points", "alphabet.capacity", "512");
        Report report = reportAfterARestoreThatChangesNothing(settings, LearnOperatorTest::readChinese, 60, 150);

        assertThat(report.unknown()).as("not all of them had a place").isPositive();
        assertThat(report.symbols() + report.pending()).isEqualTo(report.accepted());
    }

    @Test
    void beyondTheCapacityCharactersAreCountedAndNotMeasured() throws Exception {
        Settings settings = small("alphabet", "code-points", "alphabet.capacity", "512");
        StringBuilder known = new StringBuilder();
        for (int i = 0; i < 512 - 260; i++) {
            known.append((char) ('\u4E00' + i));
        }
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            learner.read("a", known.toString());
            learner.settle();
            assertThat(learner.lastReport().unknown()).isZero();

            learner.read("a", "龍一龍丁🦜Ж一一");
            learner.settle();
            Report report = learner.lastReport();
            assertThat(report.unknown()).as("two dragons, a parrot and a Zhe").isEqualTo(4);
            assertThat(report.symbols()).isEqualTo(3 * 252 + 6 * 3 + 4 + 2);
            assertThat(report.accepted()).isEqualTo(report.symbols());
            assertThat(report.bitsPerCharacter()).isCloseTo(3 * report.bitsPerByte(), within(1e-9));
            assertThat(learner.model().alphabet().characters())
                    .containsExactly(known.chars().toArray());
        }
    }

    @Test
    void theWritersGetTheCharactersWithTheWeights() throws Exception {
        try (LearnerHarness learner =
                LearnerHarness.started(small("alphabet", "code-points", "alphabet.capacity", "512"))) {
            learner.read("a", "春眠不覺");
            learner.finish();
            learner.settle();
            List<Chunk> chunks = learner.chunks();

            assertThat(model(chunks.subList(1, chunks.size())).alphabet().characters())
                    .containsExactly('春', '眠', '不', '覺');
        }
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
    void whatWasLearnedIsLearnedAgainInTheSameStepAndNeverCounted() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(small("window.lanes", "1", "replay.lanes", "3"));
                LearnerHarness without = LearnerHarness.started(small("window.lanes", "1", "replay.lanes", "0"))) {
            readText(learner, 0, 3_000);
            readText(without, 0, 3_000);

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
            readText(learner, 0, 1_100);
            learner.read("text", alphabet(1_100, 41_000));
            learner.settle();

            Report report = learner.lastReport();
            assertThat(report.symbols()).isEqualTo(41_000);
            assertThat(report.replayed()).isBetween(2 * 8_192 - 100L, 2 * 8_192 + 100L);
        }
    }

    @Test
    void afterARestoreTheSameTextIsReplayed() throws Exception {
        Settings settings = small("deterministic", "true", "window.lanes", "1");
        Report report = reportAfterARestoreThatChangesNothing(settings, LearnOperatorTest::readText, 2_500, 5_000);
        assertThat(report.replayed()).isPositive();
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
            readText(learner, 0, 18_000);
            learner.lastReport();
            readText(learner, 18_000, 20_000);
            loss = learner.lastReport().bitsPerByte();
            known = learner.snapshot();
        }
        OperatorSubtaskState broken;
        try (LearnerHarness learner = LearnerHarness.restored(absurd, known)) {
            readText(learner, 20_000, 22_000);

            assertThat(learner.lastReport().returns()).isPositive();
            broken = learner.snapshot();
        }
        try (LearnerHarness learner = LearnerHarness.restored(settings, broken)) {
            readText(learner, 22_000, 28_000);
            learner.lastReport();
            readText(learner, 28_000, 30_000);

            assertThat(learner.lastReport().bitsPerByte()).isLessThan(loss + 0.5);
            assertThat(learner.lastReport().symbols()).isEqualTo(30_000);
        }
    }

    @Test
    void whileNothingComesItGoesOnWithWhatItHasAndFreshTextGoesFirst() throws Exception {
        Settings settings = small("replay.idle", "true", "window.lanes", "1");
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            learner.read("text", alphabet(0, 2_000));
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
            learner.read("text", alphabet(0, 2_000));
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

    @Test
    void inDeterministicModeTimeChangesNothing() throws Exception {
        Settings settings = small("deterministic", "true", "linger", "1 s", "streams.idle-timeout", "1 s");
        try (LearnerHarness fast = LearnerHarness.started(settings);
                LearnerHarness slow = LearnerHarness.started(settings)) {
            readSome(fast, 0, 60);
            for (int i = 0; i < 60; i++) {
                readSome(slow, i, i + 1);
                slow.passTime(3_000);
            }

            assertThat(slow.modelCrc()).isEqualTo(fast.modelCrc());
        }
    }

    @Test
    void snapshotsDoNotChangeWhatIsLearned() throws Exception {
        Settings settings = small("deterministic", "true");
        try (LearnerHarness with = LearnerHarness.started(settings);
                LearnerHarness without = LearnerHarness.started(settings)) {
            for (int i = 0; i < 60; i++) {
                readSome(with, i, i + 1);
                with.snapshot();
            }
            readSome(without, 0, 60);

            assertThat(with.modelCrc()).isEqualTo(without.modelCrc());
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

    @Test
    void twoLearnersInOneJvmDoNotSeeEachOther() throws Exception {
        Settings settings = small("deterministic", "true");
        try (LearnerHarness alone = LearnerHarness.started(settings)) {
            readSome(alone, 0, 40);
            try (LearnerHarness first = LearnerHarness.started(settings);
                    LearnerHarness second = LearnerHarness.started(small("deterministic", "true", "model.seed", "9"))) {
                for (int i = 0; i < 40; i++) {
                    readSome(first, i, i + 1);
                    readSome(second, 100 + i, 101 + i);
                }
                assertThat(first.modelCrc()).isEqualTo(alone.modelCrc());
                assertThat(second.modelCrc()).isNotEqualTo(alone.modelCrc());
            }
        }
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

    private static void readText(LearnerHarness learner, int from, int to) throws Exception {
        for (int at = from; at < to; at += 50) {
            learner.read("text", alphabet(at, at + 50));
            learner.settle();
        }
    }

    private static String alphabet(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append((char) ('a' + i % 26));
        }
        return text.toString();
    }

    private static void readSome(LearnerHarness learner, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            Random random = new Random(i);
            learner.read("stream " + random.nextInt(4), "Piece " + i + " of text. ".substring(random.nextInt(9)));
            if (i % 23 == 22) {
                learner.end("stream " + random.nextInt(4));
            }
        }
    }

    /** Pieces of three streams with half characters at their ends, now and then an end of a stream. */
    private static void readChinese(LearnerHarness learner, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            Random random = new Random(i);
            StringBuilder characters = new StringBuilder("，");
            for (int c = 0; c < 8; c++) {
                characters.appendCodePoint(0x4E00 + random.nextInt(3 * (i + 1)));
            }
            byte[] text = characters.toString().getBytes(StandardCharsets.UTF_8);
            String stream = "stream " + random.nextInt(3);
            int cut = random.nextInt(text.length);
            learner.read(stream, Arrays.copyOf(text, cut), Ending.NOTHING);
            learner.read(
                    stream, Arrays.copyOfRange(text, cut, text.length), i % 17 == 16 ? Ending.STREAM : Ending.NOTHING);
        }
    }

    private static Model sent(LearnerHarness learner) throws Exception {
        return model(learner.chunks());
    }

    private static Model model(List<Chunk> chunks) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        chunks.forEach(chunk -> bytes.writeBytes(chunk.bytes()));
        return ModelBytes.read(bytes.toByteArray());
    }
}
