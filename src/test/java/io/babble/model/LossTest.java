package io.babble.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.babble.text.Content;
import java.util.function.LongToDoubleFunction;
import org.junit.jupiter.api.Test;

class LossTest {
    private static final int BYTES = 10;
    private static final double DRIFT_AT = 2000;

    /** What a text costs at each of its places, in windows of 10 bytes. */
    private static Loss follow(Loss loss, long from, long to, double driftAt, LongToDoubleFunction bitsPerByte) {
        Loss last = loss;
        for (long at = from; at < to; at += BYTES) {
            last = last.after(window(bitsPerByte.applyAsDouble(at)), at, driftAt);
        }
        return last;
    }

    private static LearnedWindow window(double bitsPerByte) {
        double nats = bitsPerByte * BYTES * Math.log(2);
        return new LearnedWindow(
                new StepResult(nats, 0, 1, false, false), new Content(BYTES, BYTES, BYTES, 0, 0), 1e-3);
    }

    @Test
    void aTextThatBecomesAnotherOneIsADriftOnce() {
        Loss known = follow(Loss.UNKNOWN, 0, 300_000, DRIFT_AT, at -> 2);
        Loss other = follow(known, 300_000, 301_000, DRIFT_AT, at -> 6);

        assertThat(known.drifts()).isZero();
        assertThat(other.drifts()).isEqualTo(1);
        assertThat(other.driftedAt())
                .as("2000 bits at 6 bits a byte where 2 were usual and 0.5 more are tolerated")
                .isBetween(300_000L + 570, 300_000L + 590);
        assertThat(follow(other, 301_000, 600_000, DRIFT_AT, at -> 2 + 4 * Math.exp((301_000 - at) / 1e4))
                        .drifts())
                .as("while the other text gets known")
                .isEqualTo(1);
    }

    @Test
    void aTextIsSometimesHarder() {
        Loss loss = follow(Loss.UNKNOWN, 0, 1_000_000, DRIFT_AT, at -> at / 20_000 % 2 == 0 ? 1.7 : 2.1);

        assertThat(loss.drifts()).isZero();
        assertThat(loss.average()).isBetween(1.7, 2.1);
    }

    @Test
    void theFallOfTheBeginningIsNoDrift() {
        assertThat(follow(Loss.UNKNOWN, 0, 200_000, DRIFT_AT, at -> 2 + 6 * Math.exp(-at / 2e4))
                        .drifts())
                .isZero();
    }

    @Test
    void withoutAThresholdThereIsNoDrift() {
        Loss known = follow(Loss.UNKNOWN, 0, 100_000, 0, at -> 2);

        assertThat(follow(known, 100_000, 200_000, 0, at -> 8).drifts()).isZero();
    }

    @Test
    void aModelThatForetellsWorseThanNothingForLongIsBroken() {
        Loss known = follow(Loss.UNKNOWN, 0, 100_000, DRIFT_AT, at -> 2);

        assertThat(known.aboveUniform()).isZero();
        assertThat(follow(known, 100_000, 101_900, DRIFT_AT, at -> 18).isBroken())
                .isFalse();
        Loss broken = follow(known, 100_000, 102_100, DRIFT_AT, at -> 18);
        assertThat(broken.isBroken()).isTrue();
        assertThat(broken.afterRollback().isBroken()).isFalse();
        assertThat(broken.afterRollback().rollbacks()).isEqualTo(1);
        assertThat(follow(known, 100_000, 200_000, DRIFT_AT, at -> at < 100_500 ? 18 : 7.5)
                        .isBroken())
                .as("another text")
                .isFalse();
    }

    @Test
    void windowsWithoutANumberTellNothingOfTheTextButMuchOfTheModel() {
        Loss known = follow(Loss.UNKNOWN, 0, 1_000, DRIFT_AT, at -> 2);
        Loss after = follow(known, 1_000, 4_000, DRIFT_AT, at -> Double.NaN);

        assertThat(after.average()).isEqualTo(known.average());
        assertThat(after.drifts()).isZero();
        assertThat(after.isBroken()).isTrue();
    }

    @Test
    void theAverageIsThatOfTheRecentPast() {
        Loss old = follow(Loss.UNKNOWN, 0, 1_000_000, 0, at -> 8);

        assertThat(follow(old, 1_000_000, 1_100_000, 0, at -> 2).average())
                .isCloseTo(2 + 6 * Math.exp(-1), within(1e-3));
    }

    @Test
    void textThatIsOnlyReadCountsInTheAverageAndNotInTheLearningRate() {
        Loss known = follow(Loss.UNKNOWN, 0, 100_000, DRIFT_AT, at -> 2);
        Loss read = known.afterReading(window(6), 100_000);

        assertThat(read.average()).isGreaterThan(known.average());
        assertThat(100_000 + BYTES - read.driftedAt()).isEqualTo(100_000 - known.driftedAt());
        assertThat(read.drifts()).isZero();
        assertThat(read.aboveUniform()).isEqualTo(known.aboveUniform());
    }
}
