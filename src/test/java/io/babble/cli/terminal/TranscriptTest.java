package io.babble.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.records.Origin;
import io.babble.records.Sample;
import org.junit.jupiter.api.Test;

class TranscriptTest {
    private final Transcript transcript = new Transcript();

    @Test
    void printsATextAsItArrives() {
        assertThat(add("a", 0, "To ")).isEqualTo("── a  version 7  2.50 bits/byte\nprompt To ");
        assertThat(add("a", 3, "be")).isEqualTo("be");
        assertThat(end("a", 5, "!")).isEqualTo("!\n\n");
        assertThat(transcript.finished()).isEqualTo(1);
    }

    @Test
    void dropsRepeatedCharactersByOffset() {
        add("a", 0, "𝄞𝄞");
        assertThat(add("a", 0, "𝄞𝄞")).isEmpty();
        assertThat(add("a", 1, "𝄞♪")).isEqualTo("♪");
        assertThat(end("a", 3, ".")).isEqualTo(".\n\n");
        assertThat(add("a", 0, "𝄞𝄞♪")).as("repeated after its end").isEmpty();
        assertThat(transcript.finished()).isEqualTo(1);
    }

    @Test
    void printsConcurrentTextsOneAfterTheOther() {
        add("a", 0, "one");
        assertThat(add("b", 0, "t")).isEmpty();
        assertThat(end("b", 1, "wo")).isEmpty();
        assertThat(add("c", 0, "three")).isEmpty();
        assertThat(end("a", 3, "."))
                .isEqualTo(
                        """
                        .

                        ── b  version 7  2.50 bits/byte
                        prompt two

                        ── c  version 7  2.50 bits/byte
                        prompt three""");
    }

    @Test
    void leavesATextUnfinishedWhenTooManyOthersWait() {
        add("lost", 0, "never ends");
        for (int i = 1; i <= 8; i++) {
            assertThat(end("waiting " + i, 0, ".")).isEmpty();
        }
        assertThat(end("last", 0, ".")).startsWith("…\n\n── waiting 1").endsWith(".\n\n");
        assertThat(transcript.finished()).isEqualTo(10);
    }

    @Test
    void showsAnEllipsisForMissingCharacters() {
        assertThat(add("a", 40, "middle")).endsWith("…middle");
    }

    @Test
    void aTextContinuesWhenASecondPromptWithItsIdIsRefused() {
        add("a", 0, "one");
        assertThat(transcript.add(Sample.refusal("a", "being answered", 7, null, 0)))
                .isEmpty();
        assertThat(end("a", 3, ".")).isEqualTo(".\n\n");
    }

    @Test
    void printsARefusalAsAText() {
        assertThat(transcript.add(Sample.refusal("a", "busy", 7, "5f", 0))).isEqualTo("── a  version 7\n[busy]\n\n");
    }

    private String add(String id, long offset, String text) {
        return transcript.add(piece(id, offset, text, false));
    }

    private String end(String id, long offset, String text) {
        return transcript.add(piece(id, offset, text, true));
    }

    private static Sample piece(String id, long offset, String text, boolean done) {
        return new Sample(
                id,
                offset,
                offset,
                text,
                done,
                Origin.PROMPT,
                offset == 0 ? "prompt " : null,
                7,
                2.5,
                0.8,
                1,
                null,
                null,
                0);
    }
}
