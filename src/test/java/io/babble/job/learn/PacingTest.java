package io.babble.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PacingTest {
    private static final int LANES = 100;

    private final Pacing pacing = new Pacing(LANES, 50);

    @Test
    void aWideWindowWaitsForItsLanesOnceIfNothingComes() {
        pacing.stepTaken(TimeUnit.MILLISECONDS.toNanos(200));

        assertThat(pacing.shouldWait(0, 3)).isTrue();
        assertThat(pacing.beginWait(0)).isEqualTo(10);
        assertThat(pacing.shouldWait(0, 3)).isFalse();
    }

    @Test
    void whileTextComesItWaitsAtMostAsLongAsAStep() {
        pacing.stepTaken(TimeUnit.MILLISECONDS.toNanos(200));
        long accepted = 0;
        long waited = 0;
        while (pacing.shouldWait(accepted, 3)) {
            waited += pacing.beginWait(accepted);
            accepted += 256;
        }
        assertThat(waited).isEqualTo(200);
    }

    @Test
    void fullLanesAndSmallWindowsDoNotWait() {
        pacing.stepTaken(TimeUnit.MILLISECONDS.toNanos(200));
        assertThat(pacing.shouldWait(0, LANES)).isFalse();

        Pacing small = new Pacing(4, 16);
        small.stepTaken(TimeUnit.MILLISECONDS.toNanos(200));
        assertThat(small.shouldWait(0, 1)).isFalse();
    }
}
