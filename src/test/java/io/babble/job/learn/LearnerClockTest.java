package io.babble.job.learn;

import static io.babble.job.TestSettings.small;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.options.Settings;
import io.babble.records.Report;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The machine's clock is set while a learner runs. */
class LearnerClockTest {
    private static final long HOUR = TimeUnit.HOURS.toMillis(1);
    private static final Settings SETTINGS = small("linger", "10 s", "model.every", "5 s", "reports.every", "1 s");

    @Test
    void setBackAnHourTextThatWaitsIsLearnedReportedAndSentAtTheSameIntervals() throws Exception {
        try (LearnerHarness learner = LearnerHarness.started(SETTINGS)) {
            learner.settle();
            learner.read("a", "abc");
            learner.passTime(1_000);
            int chunks = learner.chunks().size();
            learner.setClockForward(-HOUR);
            learner.passTime(10_000);

            Report report = learner.lastReport();
            assertThat(report.symbols()).isEqualTo(3);
            assertThat(report.lagMillis()).isZero();
            assertThat(learner.chunks()).hasSizeGreaterThan(chunks);
            assertThat(learner.chunks().get(chunks).version()).isEqualTo(1);

            learner.read("a", "abcd");
            learner.passTime(2_000);
            assertThat(learner.lastReport().symbols()).isEqualTo(7);
            assertThat(learner.lastReport().at()).as("the time of day").isLessThan(report.at() + HOUR);
        }
    }

    @Test
    void setForwardAnHourNoStreamEndsAndNothingIsLearnedEarly() throws Exception {
        Settings settings = small("linger", "10 s", "streams.idle-timeout", "30 min");
        try (LearnerHarness learner = LearnerHarness.started(settings)) {
            learner.read("a", "abcd");
            learner.read("b", "ab");
            learner.settle();
            learner.setClockForward(HOUR);
            learner.passTime(9_000);

            Report report = learner.lastReport();
            assertThat(report.streams()).isEqualTo(2);
            assertThat(report.symbols()).isEqualTo(4);

            learner.passTime(TimeUnit.MINUTES.toMillis(40));
            assertThat(learner.lastReport().streams()).isZero();
        }
    }
}
