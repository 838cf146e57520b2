package io.babble.job.write;

import static io.babble.job.TestSettings.small;
import static io.babble.job.write.WriterHarness.model;
import static io.babble.job.write.WriterHarness.prompt;
import static io.babble.job.write.WriterHarness.textOf;
import static io.babble.job.write.WriterHarness.writerOf;
import static org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness.repackageState;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.options.Settings;
import io.babble.records.Sample;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** What a writer has in its checkpoints: a text goes on where it stopped, wherever its prompt is moved to. */
class WriterStateTest {
    /** Longer than any machine writes in one slice. */
    private static final int LONG = 10_000;

    private static final List<String> IDS = List.of("a", "b", "c", "d", "e", "f");
    private static final Settings SETTINGS = small();

    private final List<Sample> pieces = new ArrayList<>();

    @Test
    void aRestoredTextGoesOnWhereItStoppedWithTheWeightsThatItHad() throws Exception {
        String uninterrupted;
        OperatorSubtaskState state;
        try (WriterHarness writer = ready(1, 0)) {
            writer.ask(prompt("a", LONG));
            writer.beginToWrite("a");
            state = writer.snapshot();
            pieces.addAll(writer.pieces());
            writer.settle();
            uninterrupted = textOf(writer.pieces());
        }
        try (WriterHarness writer = WriterHarness.restored(SETTINGS, state)) {
            writer.settle();
            pieces.addAll(writer.pieces());
        }

        assertThat(textOf(pieces)).isEqualTo(uninterrupted).hasSize(LONG);
    }

    @Test
    void whatIsWrittenIsOutBeforeABarrier() throws Exception {
        try (WriterHarness writer = ready(1, 0)) {
            writer.ask(prompt("a", LONG));
            writer.beginToWrite("a");
            writer.writeAhead("a");
            writer.barrierComes(1);

            assertThat(writer.unsent("a")).isEmpty();
        }
    }

    @Test
    void promptsThatWaitForWeightsWaitOnAfterARestore() throws Exception {
        OperatorSubtaskState state;
        try (WriterHarness writer = WriterHarness.started(SETTINGS)) {
            writer.ask(prompt("a", 20));
            state = writer.snapshot();
        }
        try (WriterHarness writer = WriterHarness.restored(SETTINGS, state)) {
            writer.settle();
            assertThat(writer.pieces()).isEmpty();
            writer.give(model(SETTINGS, 1));
            writer.settle();

            assertThat(textOf(writer.pieces("a"))).hasSize(20);
        }
    }

    @Test
    void promptsAreAnsweredInTheirTurnsAfterARestore() throws Exception {
        Settings settings = small("prompts.max-active", "1");
        OperatorSubtaskState state;
        try (WriterHarness writer = WriterHarness.started(settings)) {
            for (String id : List.of("c", "a", "d", "b")) {
                writer.ask(prompt(id, 20));
            }
            state = writer.snapshot();
        }
        try (WriterHarness writer = WriterHarness.restored(settings, state)) {
            writer.ask(prompt("0", 20));
            writer.give(model(settings, 1));
            writer.settle();

            assertThat(writer.pieces()).extracting(Sample::id).containsExactly("c", "a", "d", "b", "0");
        }
    }

    @Test
    void afterTheSavepointThatAJobStopsWithNothingMoreIsWritten() throws Exception {
        OperatorSubtaskState state;
        try (WriterHarness writer = ready(1, 0)) {
            writer.ask(prompt("a", LONG));
            writer.beginToWrite("a");
            state = writer.stopSavepoint(5);
            pieces.addAll(writer.pieces());
            writer.give(model(SETTINGS, 2));
            writer.settle();

            assertThat(writer.pieces()).hasSameSizeAs(pieces);
        }
        try (WriterHarness writer = WriterHarness.restored(SETTINGS, state)) {
            writer.settle();
            pieces.addAll(writer.pieces());
        }
        assertThat(textOf(pieces)).hasSize(LONG);
    }

    @Test
    void aSavepointThatFailsLetsTheWriterGoOn() throws Exception {
        try (WriterHarness writer = ready(1, 0)) {
            writer.ask(prompt("a", LONG));
            writer.beginToWrite("a");
            writer.stopSavepoint(5);
            writer.checkpointAborted(5);
            writer.settle();

            assertThat(textOf(writer.pieces())).hasSize(LONG);
        }
    }

    @Test
    void anOlderCheckpointThatFailsDoesNotWakeAWriterThatStops() throws Exception {
        try (WriterHarness writer = ready(1, 0)) {
            writer.ask(prompt("a", LONG));
            writer.beginToWrite("a");
            writer.stopSavepoint(5);
            int before = writer.pieces().size();
            writer.checkpointAborted(4);
            writer.settle();

            assertThat(writer.pieces()).hasSize(before);
        }
    }

    @Test
    void twoWritersBecomeOneThatAnswersEveryPromptOnce() throws Exception {
        OperatorSubtaskState[] states = new OperatorSubtaskState[2];
        for (int number = 0; number < 2; number++) {
            states[number] = begun(2, number);
        }
        try (WriterHarness writer = WriterHarness.restored(SETTINGS, repackageState(states), 2, 1, 0)) {
            writer.settle();
            pieces.addAll(writer.pieces());
        }
        everyPromptIsAnsweredOnce();
    }

    @Test
    void oneWriterBecomesTwoThatAnswerEveryPromptOnce() throws Exception {
        OperatorSubtaskState state = begun(1, 0);
        for (int number = 0; number < 2; number++) {
            int before = pieces.size();
            try (WriterHarness writer = WriterHarness.restored(SETTINGS, state, 1, 2, number)) {
                writer.settle();
                pieces.addAll(writer.pieces());
            }
            int half = number;
            assertThat(pieces.subList(before, pieces.size()))
                    .isNotEmpty()
                    .allMatch(piece -> writerOf(piece.id(), 2) == half);
        }
        everyPromptIsAnsweredOnce();
    }

    /** A writer's state after it began to write its share of all prompts. */
    private OperatorSubtaskState begun(int writers, int number) throws Exception {
        try (WriterHarness writer = ready(writers, number)) {
            List<String> ids =
                    IDS.stream().filter(id -> writerOf(id, writers) == number).toList();
            assertThat(ids).hasSizeGreaterThan(1);
            for (String id : ids) {
                writer.ask(prompt(id, LONG / 5));
            }
            writer.oneSlice();
            assertThat(writer.pieces()).noneMatch(Sample::done);
            pieces.addAll(writer.pieces());
            return writer.snapshot();
        }
    }

    private void everyPromptIsAnsweredOnce() {
        for (String id : IDS) {
            List<Sample> answer =
                    pieces.stream().filter(piece -> piece.id().equals(id)).toList();
            assertThat(textOf(answer)).hasSize(LONG / 5);
        }
        assertThat(pieces).extracting(Sample::id).isSubsetOf(IDS);
    }

    private static WriterHarness ready(int writers, int number) throws Exception {
        WriterHarness writer = WriterHarness.started(SETTINGS, writers, number);
        writer.give(model(SETTINGS, 1));
        return writer;
    }
}
