package io.babble.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.records.Report;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FlowControlTest {
    private final FlowControl flowControl = new FlowControl(1_000, Duration.ofSeconds(1));

    @Test
    void startsWithTheMinimumAndContinuesWhenTextIsLearned() throws Exception {
        flowControl.onSent(999);
        flowControl.awaitCapacity();
        flowControl.onSent(1);
        CompletableFuture<Void> waiting = awaiting();
        flowControl.onReport(report(1_000, 0));
        assertThat(waiting).isNotDone();
        flowControl.onReport(report(999, 0));
        waiting.get(10, TimeUnit.SECONDS);
    }

    @Test
    void theLimitFollowsTheLearnersSpeedAndFallsSlowly() throws Exception {
        flowControl.onReport(report(0, 10_000));
        flowControl.onSent(19_999);
        flowControl.awaitCapacity();
        flowControl.onReport(report(15_999, Double.NaN));
        flowControl.awaitCapacity();
        flowControl.onSent(1);
        CompletableFuture<Void> waiting = awaiting();
        assertThat(waiting).isNotDone();
        flowControl.onReport(report(0, 0));
        waiting.get(10, TimeUnit.SECONDS);
    }

    private CompletableFuture<Void> awaiting() {
        return CompletableFuture.runAsync(() -> {
            try {
                flowControl.awaitCapacity();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static Report report(long pending, double symbolsPerSecond) {
        return Report.builder()
                .step(1)
                .symbols(1)
                .bitsPerByte(8)
                .bitsPerByteAverage(8)
                .bitsPerCharacter(8)
                .gradientNorm(1)
                .learningRate(0.1)
                .lanes(1)
                .windowSteps(1)
                .streams(1)
                .accepted(1 + pending)
                .pending(pending)
                .stepMillis(1)
                .symbolsPerSecond(symbolsPerSecond)
                .lagMillis(1)
                .build();
    }
}
