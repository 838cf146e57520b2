package io.babble.job.write;

import static io.babble.job.TestSettings.small;
import static io.babble.job.write.WriterHarness.chunks;
import static io.babble.job.write.WriterHarness.model;
import static io.babble.job.write.WriterHarness.prompt;
import static io.babble.job.write.WriterHarness.textOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.job.operator.Chunk;
import io.babble.job.options.Settings;
import io.babble.model.Model;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.Sample;
import io.babble.text.Alphabet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.execution.CancelTaskException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WriteOperatorTest {
    /** Longer than any machine writes in one slice. */
    private static final int LONG = 10_000;

    private static final Settings SETTINGS = small();
    private static final Model MODEL = model(SETTINGS, 1);

    @Test
    void aPromptWaitsForTheFirstWeights() throws Exception {
        try (WriterHarness writer = WriterHarness.started(SETTINGS)) {
            writer.ask(prompt("a", 30));
            writer.settle();
            assertThat(writer.pieces()).isEmpty();

            writer.give(MODEL);
            writer.settle();
            assertThat(textOf(writer.pieces("a"))).hasSize(30);
        }
    }

    @Test
    void writesCharactersThatTheNewestWeightsKnowAndReadsPromptsOfAny() throws Exception {
        Settings settings = small("alphabet", "code-points", "alphabet.capacity", "512");
        Model empty = model(settings, 1);
        float[] weights = empty.weights();
        Arrays.fill(weights, weights.length - 512 + 257, weights.length, 3);
        Model grown = new Model(
                empty.shape(),
                Alphabet.of("code-points", 512, new int[] {'春', '眠'}),
                2,
                0,
                empty.loss(),
                0,
                empty.optimizer(),
                weights,
                new float[0][]);
        try (WriterHarness writer = WriterHarness.started(settings)) {
            writer.give(empty);
            writer.ask(new Prompt("a", "春Ж🦜", 300, 1, 0, 1, 7, null, Origin.PROMPT));
            writer.settle();
            writer.give(grown);
            writer.ask(new Prompt("b", "春Ж🦜", 300, 1, 0, 1, 7, null, Origin.PROMPT));
            writer.settle();

            assertThat(charactersOf(writer.pieces("a"))).hasSize(300).allMatch(character -> character < 128);
            assertThat(charactersOf(writer.pieces("b")))
                    .hasSize(300)
                    .contains((int) '春', (int) '眠')
                    .allMatch(character -> character < 128 || character == '春' || character == '眠');
        }
    }

    private static List<Integer> charactersOf(List<Sample> pieces) {
        return pieces.stream()
                .flatMap(piece -> piece.text().codePoints().boxed())
                .toList();
    }

    @Test
    void aLongTextComesInPiecesThatJoinWithoutGap() throws Exception {
        try (WriterHarness writer = ready()) {
            writer.ask(prompt("a", LONG));
            writer.settle();

            assertThat(writer.pieces("a")).hasSizeGreaterThan(1);
            assertThat(textOf(writer.pieces("a"))).hasSize(LONG);
            assertThat(writer.pieces("a")).allMatch(piece -> piece.version() == 1);
        }
    }

    @Test
    void anIdThatIsStillBeingAnsweredIsADeadLetterAndItsTextGoesOn() throws Exception {
        Prompt repeated = prompt("a", 7);
        try (WriterHarness writer = ready()) {
            writer.ask(prompt("a", LONG));
            writer.beginToWrite("a");
            writer.ask(repeated);
            writer.settle();

            assertThat(textOf(writer.pieces("a"))).isEqualTo(alone(prompt("a", LONG)));
            assertThat(writer.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.key()).isEqualTo("a".getBytes(StandardCharsets.UTF_8));
                assertThat(letter.value()).isEqualTo(repeated.toJson());
                assertThat(letter.error()).contains("still being answered");
                assertThat(List.of(letter.topic(), letter.partition(), letter.offset()))
                        .isEqualTo(List.of("prompts", 1, 7L));
            });
        }
    }

    @Test
    void anIdMayComeAgainOnceItIsAnswered() throws Exception {
        try (WriterHarness writer = ready()) {
            writer.ask(prompt("a", 20));
            writer.settle();
            int first = writer.pieces("a").size();
            writer.ask(prompt("a", 20));
            writer.settle();

            List<Sample> pieces = writer.pieces("a");
            assertThat(textOf(pieces.subList(first, pieces.size()))).isEqualTo(textOf(pieces.subList(0, first)));
            assertThat(writer.deadLetters()).isEmpty();
        }
    }

    @Test
    void onePromptTooManyIsToldThatTheWriterIsBusy() throws Exception {
        Settings settings = small("prompts.max-active", "1", "prompts.max-waiting", "2");
        try (WriterHarness writer = WriterHarness.started(settings)) {
            writer.ask(prompt("active", 10));
            writer.settle();
            writer.ask(prompt("first", 10));
            writer.ask(prompt("second", 10));
            writer.ask(prompt("third", 10));

            assertThat(writer.pieces()).singleElement().satisfies(answer -> {
                assertThat(answer.id()).isEqualTo("third");
                assertThat(answer.error()).contains("Busy");
                assertThat(answer.done()).isTrue();
            });
            writer.give(MODEL);
            writer.settle();
            for (String id : List.of("active", "first", "second")) {
                assertThat(textOf(writer.pieces(id))).hasSize(10);
            }
        }
    }

    @Test
    void thereIsNobodyToTellOfAPeriodicPromptTooMany() throws Exception {
        try (WriterHarness writer = WriterHarness.started(small("prompts.max-waiting", "1"))) {
            writer.ask(prompt("a", 10));
            writer.ask(Prompt.periodic("periodic-1", 10, 0.8, 1));

            assertThat(writer.pieces()).isEmpty();
            assertThat(writer.deadLetters()).isEmpty();
        }
    }

    /** Rounding may differ with the batch's size by 1e-6 or so: too little to turn one of these few draws. */
    @Test
    void textsWrittenTogetherAreThoseWrittenAlone() throws Exception {
        List<String> ids = List.of("a", "b", "c", "d", "e");
        try (WriterHarness writer = WriterHarness.started(small("prompts.max-active", "3"))) {
            for (String id : ids) {
                writer.ask(prompt(id, 50 + id.charAt(0)));
            }
            writer.give(MODEL);
            writer.settle();

            for (String id : ids) {
                assertThat(textOf(writer.pieces(id))).isEqualTo(alone(prompt(id, 50 + id.charAt(0))));
            }
        }
    }

    @Test
    void chunksOfASetThatIsBrokenOffAreDroppedForTheNextSet() throws Exception {
        List<Chunk> old = chunks(model(SETTINGS, 1), 10_000);
        List<Chunk> next = chunks(model(SETTINGS, 2), 10_000);
        assertThat(old).hasSizeGreaterThan(2);
        try (WriterHarness writer = WriterHarness.started(SETTINGS)) {
            writer.ask(prompt("a", 10));
            writer.give(old.subList(0, old.size() - 1));
            writer.give(next);
            writer.settle();

            assertThat(writer.pieces("a")).isNotEmpty().allMatch(piece -> piece.version() == 2);
        }
    }

    @Test
    void aSetWhoseBeginningIsMissingIsNoSet() throws Exception {
        List<Chunk> chunks = chunks(MODEL, 10_000);
        try (WriterHarness writer = WriterHarness.started(SETTINGS)) {
            writer.ask(prompt("a", 10));
            writer.give(chunks.subList(1, chunks.size()));
            writer.settle();

            assertThat(writer.pieces("a")).isEmpty();
        }
    }

    /**
     * As Flink does, which takes in one record between two mails: a barrier behind the prompts does not wait for a
     * slice at each.
     */
    @Test
    void promptsThatWaitComeInBeforeTheNextSlice() throws Exception {
        try (WriterHarness writer = ready()) {
            writer.ask(prompt("a", LONG));
            writer.beginToWrite("a");
            int before = writer.pieces().size();
            for (int i = 0; i < 100; i++) {
                writer.ask(prompt("b" + i, 5));
                writer.oneSlice();
            }
            assertThat(writer.pieces()).hasSize(before);

            writer.settle();
            assertThat(textOf(writer.pieces("a"))).isEqualTo(alone(prompt("a", LONG)));
            assertThat(textOf(writer.pieces("b99"))).hasSize(5);
        }
    }

    @Test
    void textsInProgressGoOnBetweenPromptsWithoutEnd() throws Exception {
        try (WriterHarness writer = ready()) {
            writer.ask(prompt("a", LONG));
            writer.beginToWrite("a");
            int before = writer.pieces("a").size();
            for (int i = 0; writer.pieces("a").size() == before; i++) {
                assertThat(i).isLessThan(10_000);
                writer.ask(prompt("b" + i, 5));
                writer.oneSlice();
            }
        }
    }

    @Test
    void newWeightsTakeOverBetweenTwoSymbols() throws Exception {
        try (WriterHarness writer = ready()) {
            writer.ask(prompt("a", LONG));
            writer.beginToWrite("a");
            writer.writeAhead("a");
            writer.give(model(SETTINGS, 2));
            assertThat(writer.unsent("a")).isEmpty();
            int before = writer.pieces("a").size();
            writer.settle();

            List<Sample> pieces = writer.pieces("a");
            assertThat(pieces.subList(0, before)).allMatch(piece -> piece.version() == 1);
            assertThat(pieces.subList(before, pieces.size())).allMatch(piece -> piece.version() == 2);
            assertThat(textOf(pieces)).hasSize(LONG).isNotEqualTo(alone(prompt("a", LONG)));
        }
    }

    @Test
    void textsThatAreTooManyForOneSliceTakeTurns() throws Exception {
        Settings settings = small("model.hidden", "512", "prompts.max-active", "256");
        try (WriterHarness writer = WriterHarness.started(settings)) {
            writer.give(model(settings, 1));
            for (int i = 0; i < 256; i++) {
                writer.ask(prompt("a" + i, 40));
            }
            writer.beginToWrite("a0");
            writer.writeAhead("a0");
            while (!writer.unsent("a0").isEmpty()) {
                writer.oneSlice();
            }
            for (int i = 0; i < 256; i++) {
                assertThat(writer.unsent("a" + i)).isEmpty();
            }
            writer.settle();

            for (int i = 0; i < 256; i++) {
                assertThat(textOf(writer.pieces("a" + i))).hasSize(40);
            }
        }
    }

    @Test
    void firstWeightsOfAnotherShapeAreRefusedWithBothShapes() throws Exception {
        try (WriterHarness writer = WriterHarness.started(SETTINGS)) {
            refusesAnotherShape(writer);
        }
    }

    @Test
    void newWeightsOfAnotherShapeAreRefusedWithBothShapes() throws Exception {
        try (WriterHarness writer = ready()) {
            refusesAnotherShape(writer);
        }
    }

    @Test
    void whatIsAskedForIsWrittenBeforeAWriterFinishes() throws Exception {
        try (WriterHarness writer = ready()) {
            writer.ask(prompt("a", LONG));
            writer.finish();

            assertThat(textOf(writer.pieces("a"))).hasSize(LONG);
        }
    }

    /** A thousand texts of the greatest length would take many minutes. */
    @Test
    @Timeout(30)
    void aCancelIsHeardWhileTheRestIsWrittenAtTheEnd() throws Exception {
        try (WriterHarness writer = ready()) {
            for (int i = 0; i < 1_000; i++) {
                writer.ask(prompt("a" + i, Prompt.MAX_LENGTH));
            }
            CompletableFuture<Void> cancelled = CompletableFuture.runAsync(
                    () -> assertThatCode(writer::cancelTask).doesNotThrowAnyException(),
                    CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));

            assertThatThrownBy(writer::finish).isInstanceOf(CancelTaskException.class);
            assertThat(cancelled).succeedsWithin(Duration.ofSeconds(2));
            assertThat(writer.pieces()).noneMatch(Sample::done);
        }
    }

    private static void refusesAnotherShape(WriterHarness writer) {
        assertThatThrownBy(() -> writer.give(model(small("model.hidden", "16"), 2)))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("hidden=8")
                .hasMessageContaining("hidden=16");
    }

    private static WriterHarness ready() throws Exception {
        WriterHarness writer = WriterHarness.started(SETTINGS);
        writer.give(MODEL);
        return writer;
    }

    private static String alone(Prompt prompt) throws Exception {
        try (WriterHarness writer = ready()) {
            writer.ask(prompt);
            writer.settle();
            return textOf(writer.pieces(prompt.id()));
        }
    }
}
