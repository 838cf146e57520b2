package io.babble.job.write;

import static io.babble.job.TestSettings.small;
import static io.babble.job.write.WriterHarness.model;
import static io.babble.job.write.WriterHarness.prompt;
import static io.babble.job.write.WriterHarness.textOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.options.Settings;
import io.babble.records.Sample;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** What comes under the id of a text besides its prompt. */
class WriterCommandsTest {
    /** Longer than any machine writes in one slice. */
    private static final int LONG = 10_000;

    private static final Settings SETTINGS = small();

    @Test
    void anInvalidPromptIsAnsweredWithTheReason() throws Exception {
        try (WriterHarness writer = WriterHarness.started(SETTINGS)) {
            writer.askInvalid("a", "length must be 1 to 100000");

            assertThat(writer.pieces()).singleElement().satisfies(answer -> {
                assertThat(answer.id()).isEqualTo("a");
                assertThat(answer.error()).isEqualTo("length must be 1 to 100000");
                assertThat(answer.done()).isTrue();
            });
            assertThat(writer.deadLetters()).isEmpty();
        }
    }

    @Test
    void anInvalidPromptUnderTheIdOfATextInProgressIsADeadLetterAndTheTextGoesOn() throws Exception {
        try (WriterHarness writer = ready(SETTINGS)) {
            writer.ask(prompt("a", LONG));
            writer.beginToWrite("a");
            writer.askInvalid("a", "length must be 1 to 100000");
            writer.settle();

            assertThat(textOf(writer.pieces("a"))).hasSize(LONG);
            assertThat(writer.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.value()).isEqualTo("{\"length\":-1}".getBytes(StandardCharsets.UTF_8));
                assertThat(letter.offset()).isEqualTo(7);
                assertThat(letter.error()).contains("still being answered", "length must be");
            });
        }
    }

    @Test
    void aCancelledTextEndsWithWhatIsWritten() throws Exception {
        try (WriterHarness writer = ready(SETTINGS)) {
            writer.ask(prompt("a", LONG));
            writer.ask(prompt("b", 50));
            writer.beginToWrite("a");
            writer.writeAhead("a");
            int before = writer.pieces("a").size();
            writer.cancel("a");
            writer.settle();

            List<Sample> pieces = writer.pieces("a");
            assertThat(pieces).hasSize(before + 1);
            Sample last = pieces.get(before);
            assertThat(last.done()).isTrue();
            assertThat(last.error()).isEqualTo("cancelled");
            assertThat(last.text()).isNotEmpty();
            assertThat(last.offset())
                    .isEqualTo(pieces.get(before - 1).offset()
                            + pieces.get(before - 1).text().length());
            assertThat(textOf(writer.pieces("b"))).hasSize(50);

            writer.ask(prompt("a", 20));
            writer.settle();
            assertThat(textOf(writer.pieces("a")
                            .subList(before + 1, writer.pieces("a").size())))
                    .as("the id is free")
                    .hasSize(20);
        }
    }

    @Test
    void aCancelledPromptThatWaitsIsAnsweredSoAndOthersMoveUp() throws Exception {
        Settings settings = small("prompts.max-active", "1");
        try (WriterHarness writer = ready(settings)) {
            for (String id : List.of("a", "b", "c")) {
                writer.ask(prompt(id, 20));
            }
            writer.cancel("b");
            assertThat(writer.pieces()).singleElement().satisfies(answer -> {
                assertThat(answer.error()).isEqualTo("cancelled");
                assertThat(answer.sequence()).isZero();
                assertThat(answer.text()).isEmpty();
                assertThat(answer.done()).isTrue();
            });
            writer.settle();
            assertThat(writer.pieces()).extracting(Sample::id).containsExactly("b", "a", "c");
        }
    }

    @Test
    void aTextThatWasRestoredCanBeCancelled() throws Exception {
        OperatorSubtaskState state;
        try (WriterHarness writer = ready(SETTINGS)) {
            writer.ask(prompt("a", LONG));
            writer.beginToWrite("a");
            state = writer.snapshot();
        }
        try (WriterHarness writer = WriterHarness.restored(SETTINGS, state)) {
            writer.cancel("a");
            writer.settle();

            assertThat(writer.pieces()).singleElement().satisfies(last -> assertThat(last.error())
                    .isEqualTo("cancelled"));
        }
    }

    @Test
    void toCancelAnUnknownOrFinishedTextDoesNothing() throws Exception {
        try (WriterHarness writer = ready(SETTINGS)) {
            writer.ask(prompt("a", 20));
            writer.settle();
            int before = writer.pieces().size();
            writer.cancel("a");
            writer.cancel("unknown");
            writer.settle();

            assertThat(writer.pieces()).hasSize(before);
            assertThat(writer.deadLetters()).isEmpty();
        }
    }

    /** A number that counts restores would come again here. */
    @Test
    void oneCheckpointRestoredTwiceWritesTwoAttempts() throws Exception {
        OperatorSubtaskState state;
        String first;
        try (WriterHarness writer = ready(SETTINGS)) {
            writer.ask(prompt("a", LONG));
            writer.beginToWrite("a");
            state = writer.snapshot();
            first = onlyAttempt(writer);
        }
        String second = restoredAttempt(state);
        String third = restoredAttempt(state);

        assertThat(List.of(first, second, third)).doesNotHaveDuplicates().doesNotContainNull();
    }

    private static String restoredAttempt(OperatorSubtaskState state) throws Exception {
        try (WriterHarness writer = WriterHarness.restored(SETTINGS, state)) {
            writer.settle();
            return onlyAttempt(writer);
        }
    }

    private static String onlyAttempt(WriterHarness writer) {
        List<String> attempts =
                writer.pieces().stream().map(Sample::attempt).distinct().toList();
        assertThat(attempts).hasSize(1);
        return attempts.get(0);
    }

    private static WriterHarness ready(Settings settings) throws Exception {
        WriterHarness writer = WriterHarness.started(settings);
        writer.give(model(settings, 1));
        return writer;
    }
}
