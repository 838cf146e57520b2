package io.babble.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.records.Report;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeadTest {
    private final Lead lead = new Lead(1_000, Duration.ofSeconds(1));

    @Test
    void beginsWithTheLeastAndGoesOnWhenItIsLearned() throws Exception {
        lead.sent(999);
        lead.await();
        lead.sent(1);
        CompletableFuture<Void> waiting = awaiting();
        lead.reported(report(1_000, 0));
        assertThat(waiting).isNotDone();
        lead.reported(report(999, 0));
        waiting.get(10, TimeUnit.SECONDS);
    }

    @Test
    void growsWithTheLearnersPaceAndForgetsSlowly() throws Exception {
        lead.reported(report(0, 10_000));
        lead.sent(19_999);
        lead.await();
        lead.reported(report(15_999, Double.NaN));
        lead.await();
        lead.sent(1);
        CompletableFuture<Void> waiting = awaiting();
        assertThat(waiting).isNotDone();
        lead.reported(report(0, 0));
        waiting.get(10, TimeUnit.SECONDS);
    }

    private CompletableFuture<Void> awaiting() {
        return CompletableFuture.runAsync(() -> {
            try {
                lead.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static Report report(long pending, double symbolsPerSecond) {
        return new Report(
                0,
                1,
                1,
                8,
                8,
                8,
                1,
                0,
                0,
                0,
                0,
                0,
                0.1,
                1,
                1,
                1,
                1 + pending,
                pending,
                0,
                0,
                0,
                1,
                symbolsPerSecond,
                1,
                0);
    }
}
