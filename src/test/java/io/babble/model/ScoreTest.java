package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.text.Content;
import org.junit.jupiter.api.Test;

class ScoreTest {
    private static final double NATS = 8 * Math.log(2);

    private final Score score = new Score();

    @Test
    void aSkippedStepCountsWhereItsLossIsANumber() {
        score.add(window(2 * NATS, false));
        score.add(window(4 * NATS, true));

        assertThat(score.bitsPerByte()).isEqualTo(3);
        assertThat(score.bitsPerCharacter()).isEqualTo(6);
        assertThat(score.skipped()).isEqualTo(1);
        assertThat(score.steps()).isEqualTo(2);
    }

    @Test
    void aLossThatIsNoNumberIsLeftOutAndItsTextCounts() {
        score.add(window(2 * NATS, false));
        score.add(window(Double.NaN, true));
        score.add(window(Double.POSITIVE_INFINITY, true));

        assertThat(score.bitsPerByte()).isEqualTo(2);
        assertThat(score.symbols()).isEqualTo(3 * 8);
    }

    @Test
    void theLossFollowsTheSameRule() {
        Loss loss = Loss.UNKNOWN.after(window(2 * NATS, false), 0, 0).after(window(4 * NATS, true), 8, 0);

        assertThat(loss.average()).isStrictlyBetween(2.0, 4.0);
        assertThat(loss.after(window(Double.NaN, true), 16, 0).average()).isEqualTo(loss.average());
    }

    @Test
    void nothingIsNotANumber() {
        assertThat(score.bitsPerByte()).isNaN();
        assertThat(score.bitsPerCharacter()).isNaN();
    }

    /** 8 bytes of 4 characters. */
    private static LearnedWindow window(double nats, boolean skipped) {
        return new LearnedWindow(new StepResult(nats, 0, 1, false, skipped), new Content(8, 8, 4, 0, 0), 1e-3);
    }
}
