package io.babble.job.learn;

import static io.babble.job.TestSettings.small;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.babble.job.operator.Chunk;
import io.babble.job.options.Settings;
import io.babble.model.Model;
import io.babble.model.ModelBytes;
import io.babble.records.Prompt;
import io.babble.records.Report;
import io.babble.text.RecordPart.Ending;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of text that comes in: steps, reports, prompts, weights. */
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

    /** Twice this bound is more than an int holds. */
    @Test
    void withTheLargestNumberOfStreamsTextStillWaitsForAWindow() throws Exception {
        Settings settings = small("streams.max", Integer.toString(Integer.MAX_VALUE));
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            learner.read("a", "abc");
            learner.settle();

            assertThat(learner.model().version()).isZero();
        }
    }

    @Test
    void withoutLearningTextIsMeasuredAndTheWeightsStay() throws Exception {
        OperatorSubtaskState state;
        try (LearnerHarness learner = LearnerHarness.started(small())) {
            learner.read("a", "abcdabcdabcd");
            learner.settle();
            state = learner.snapshot();
        }
        try (LearnerHarness learner = LearnerHarness.restored(
                small("learning", "false", "replay.idle", "true", "samples.every", "8"), state)) {
            Model before = learner.model();
            learner.read("a", "abcdabcdabcdabcd");
            learner.passTime(10_000);
            Report report = learner.lastReport();

            assertThat(learner.model().weights()).isEqualTo(before.weights());
            assertThat(learner.model().version()).isEqualTo(before.version());
            assertThat(report.symbols()).isEqualTo(28);
            assertThat(report.accepted()).isEqualTo(28);
            assertThat(report.bitsPerByte()).isPositive();
            assertThat(report.replayed()).isZero();
            assertThat(learner.prompts())
                    .hasSizeGreaterThan(1)
                    .extracting(Prompt::id)
                    .doesNotHaveDuplicates();
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
    void twoLearnersInOneJvmDoNotSeeEachOther() throws Exception {
        Settings settings = small("deterministic", "true");
        try (LearnerHarness alone = LearnerHarness.started(settings)) {
            LearnerTexts.readSome(alone, 0, 40);
            try (LearnerHarness first = LearnerHarness.started(settings);
                    LearnerHarness second = LearnerHarness.started(small("deterministic", "true", "model.seed", "9"))) {
                for (int i = 0; i < 40; i++) {
                    LearnerTexts.readSome(first, i, i + 1);
                    LearnerTexts.readSome(second, 100 + i, 101 + i);
                }
                assertThat(first.modelCrc()).isEqualTo(alone.modelCrc());
                assertThat(second.modelCrc()).isNotEqualTo(alone.modelCrc());
            }
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
