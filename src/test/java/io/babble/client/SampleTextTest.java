package io.babble.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.records.Origin;
import io.babble.records.Sample;
import org.junit.jupiter.api.Test;

class SampleTextTest {
    private final SampleText text = new SampleText();

    @Test
    void joinsPiecesByTheirOffsets() {
        assertThat(add("x", 0, "To ")).isEqualTo("To ");
        assertThat(add("x", 3, "be")).isEqualTo("be");
        assertThat(add("x", 3, "be or")).as("repeated").isEqualTo(" or");
        assertThat(add("x", 0, "To")).isEmpty();
        assertThat(add("x", 12, "be")).as("a gap").isEqualTo("…be");
    }

    @Test
    void aNewAttemptThatWritesTheSameContinues() {
        add("x", 0, "𝄞 be or ");
        assertThat(add("y", 2, "be ")).isEmpty();
        assertThat(add("y", 5, "or not")).isEqualTo("not");
        assertThat(add("y", 11, ".")).isEqualTo(".");
    }

    @Test
    void aNewAttemptThatDiffersCutsWhereItDiffers() {
        add("x", 0, "To be or not");
        assertThat(add("y", 3, "be ")).isEmpty();
        assertThat(add("y", 6, "on𝄞")).isEqualTo("…\nn𝄞");
        assertThat(add("y", 9, " time")).isEqualTo(" time");
        assertThat(add("z", 6, "on𝄞 time"))
                .as("what is read is that of the last attempt")
                .isEmpty();
        assertThat(add("z", 14, "!")).isEqualTo("!");
    }

    @Test
    void charactersThatShareAHalfDiffer() {
        add("x", 0, "a𝄞");
        assertThat(add("y", 0, "a𝄢")).isEqualTo("…\n𝄢");
    }

    @Test
    void aNewAttemptThatEndsEarlierIsMarked() {
        add("x", 0, "To be or not");
        assertThat(text.add(piece("y", 3, "be", true))).isEqualTo("…\n");
        assertThat(text.done()).isTrue();
    }

    @Test
    void aNewAttemptThatBeginsAnewAfterAGapIsMarked() {
        assertThat(add("x", 5, "or")).isEqualTo("…or");
        assertThat(add("y", 0, "To be")).isEqualTo("…\nTo be");
    }

    /** The prompt is read again, and now too many wait. */
    @Test
    void aRefusalOfANewAttemptEndsTheText() {
        add("x", 0, "To be");
        assertThat(text.add(Sample.refusal("a", "busy", 7, "y", 0))).isEqualTo("…\n");
        assertThat(text.done()).isTrue();
        assertThat(text.error()).isEqualTo("busy");
    }

    @Test
    void withoutAttemptsWhatIsRepeatedIsDropped() {
        add(null, 0, "To be or not");
        assertThat(add(null, 3, "me")).isEmpty();
        assertThat(add(null, 3, "me or not to")).isEqualTo(" to");
        assertThat(text.add(Sample.refusal("a", "still being answered", 7, null, 0)))
                .isEmpty();
        assertThat(text.done()).isFalse();
    }

    private String add(String attempt, long offset, String fresh) {
        return text.add(piece(attempt, offset, fresh, false));
    }

    private static Sample piece(String attempt, long offset, String text, boolean done) {
        return new Sample("a", offset, offset, text, done, Origin.PROMPT, null, 7, 2.5, 0.8, 1, attempt, null, 0);
    }
}
