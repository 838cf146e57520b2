package io.babble.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.learn.Pacing.Next;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PacingTest {
    private static final int LANES = 100;

    private final Pacing pacing = new Pacing(LANES, 50);

    @Test
    void aStepGivesWayToTextAsLongAsItComes() {
        assertThat(pacing.next(256, LANES)).isEqualTo(Next.TAKE_IN);
        assertThat(pacing.next(512, LANES)).isEqualTo(Next.TAKE_IN);
        assertThat(pacing.next(512, LANES)).isEqualTo(Next.STEP);
    }

    @Test
    void textThatNeverEndsDoesNotKeepTheLearnerFromLearning() {
        long accepted = 0;
        Next next = Next.TAKE_IN;
        while (next == Next.TAKE_IN) {
            accepted += 256;
            next = pacing.next(accepted, LANES);
        }
        assertThat(next).isEqualTo(Next.STEP);
        assertThat(accepted).isLessThan(100_000);
    }

    @Test
    void aWideWindowWaitsForItsLanesOnceIfNothingComes() {
        pacing.stepped(TimeUnit.MILLISECONDS.toNanos(200));

        assertThat(pacing.next(0, 3)).isEqualTo(Next.WAIT);
        assertThat(pacing.beginWait(0)).isEqualTo(10);
        assertThat(pacing.next(0, 3)).isEqualTo(Next.STEP);
    }

    @Test
    void whileTextComesItWaitsAtMostAsLongAsAStep() {
        pacing.stepped(TimeUnit.MILLISECONDS.toNanos(200));
        long accepted = 0;
        long waited = 0;
        Next next = pacing.next(accepted, 3);
        while (next != Next.STEP) {
            if (next == Next.WAIT) {
                waited += pacing.beginWait(accepted);
                accepted += 256;
            }
            next = pacing.next(accepted, 3);
        }
        assertThat(waited).isEqualTo(200);
    }

    @Test
    void fullLanesAndSmallWindowsDoNotWait() {
        pacing.stepped(TimeUnit.MILLISECONDS.toNanos(200));
        assertThat(pacing.next(0, LANES)).isEqualTo(Next.STEP);

        Pacing small = new Pacing(4, 16);
        small.stepped(TimeUnit.MILLISECONDS.toNanos(200));
        assertThat(small.next(0, 1)).isEqualTo(Next.STEP);
    }
}
