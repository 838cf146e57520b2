package io.babble.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.babble.job.savepoint.Savepoint;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import io.babble.records.Origin;
import io.babble.records.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What survives the end of a job, and what may be changed before it goes on. */
class SavepointsIT {
    private static final String[] DETERMINISTIC = {"deterministic", "true", "pending.max", "2000"};

    private static final int LARGE_RECORDS = 8;
    private static final int LARGE = LARGE_RECORDS * 16_000;

    @TempDir
    static Path folder;

    private static Stage stage;

    @BeforeAll
    static void start() {
        stage = new Stage(folder, new Configuration());
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @Test
    void aSavepointInANewJobLearnsOnAsIfThereHadBeenNone() throws IOException {
        try (Service whole = stage.service("whole", 1, DETERMINISTIC);
                Service interrupted = stage.service("interrupted", 1, DETERMINISTIC)) {
            learn(whole.changed("dropout", "0.1"), 20_000);
            learnWithAStop(interrupted.changed("dropout", "0.1"), 20_000);

            Report report = interrupted.lastReport();
            assertThat(report)
                    .usingRecursiveComparison()
                    .comparingOnlyFields("step", "symbols", "bitsPerByteAverage", "gradientNorm", "pending", "dead")
                    .isEqualTo(whole.lastReport());
            assertThat(report.symbols()).isGreaterThan(15_000);
            Model expected = Savepoint.in(whole.stoppedWithSavepoint()).model();
            Model found = Savepoint.in(interrupted.stoppedWithSavepoint()).model();
            assertThat(ModelCodec.crc(found)).isEqualTo(ModelCodec.crc(expected));
        }
    }

    @ParameterizedTest
    @CsvSource({"onednn, nd4j", "nd4j, onednn"})
    void aSavepointOfOneBackendLearnsOnWithTheOther(String first, String second) throws IOException {
        String[] options = {"window.steps", "16", "backend", first};
        try (Service whole = stage.service("whole-" + first, 1, DETERMINISTIC);
                Service moved = stage.service("moved-" + first, 1, DETERMINISTIC)) {
            learn(whole.changed(options), 1_200);
            learnWithAStop(moved.changed(options), 1_200, "backend", second);

            assertThat(moved.lastReport().step()).isEqualTo(whole.lastReport().step());
            Model expected = Savepoint.in(whole.stoppedWithSavepoint()).model();
            Model found = Savepoint.in(moved.stoppedWithSavepoint()).model();
            assertThat(found.loss().average()).isCloseTo(expected.loss().average(), within(1e-5));
            assertThat(largestDifference(expected.weights(), found.weights())).isLessThan(1e-3);
        }
    }

    private static double largestDifference(float[] expected, float[] found) {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i] - found[i]));
        }
        return largest;
    }

    private static void learn(Service service, int bytes) {
        service.publishByTurns(0, bytes);
        service.started();
        service.awaitAccepted(bytes);
    }

    /** As {@link #learn}, with a stop in between and other options behind it. */
    private static void learnWithAStop(Service service, int bytes, String... changed) {
        service.publishByTurns(0, bytes / 2);
        service.started();
        service.awaitReport("some text learned", report -> report.symbols() > bytes / 10);
        Path savepoint = service.stoppedWithSavepoint();
        service.publishByTurns(bytes / 2, bytes);
        service.changed(changed).startedFrom(savepoint);
        service.awaitAccepted(bytes);
    }

    @Test
    void whenRescaledEveryStreamIsKeptAndEveryTextGoesOnWhereItStopped() {
        try (Service service = stage.service("rescaled", 2, LongTexts.SLOW).rescaled(1)) {
            service.publishByTurns(0, 6_000);
            service.started();
            LongTexts first = stoppedAmidTextsAndStarted(service, "first", 2);
            LongTexts second = stoppedAmidTextsAndStarted(service, "second", 1);

            service.awaitLearned(18_000);
            assertThat(service.lastReport().symbols()).isEqualTo(18_000);
            for (LongTexts texts : List.of(first, second)) {
                texts.awaitAll();
                texts.assertComplete();
                texts.assertWithoutRepeats();
            }
        }
    }

    private static LongTexts stoppedAmidTextsAndStarted(Service service, String name, int parallelism) {
        LongTexts texts = LongTexts.askedFor(service, name);
        texts.awaitMore();
        Path savepoint = service.stoppedWithSavepoint();
        texts.assertUnfinished();
        service.publishByTurns(parallelism * 6_000, parallelism * 6_000 + 6_000);
        service.rescaled(parallelism).startedFrom(savepoint);
        return texts;
    }

    /** Of each partition the reader is within a record, as the learner's state takes less; then one reader has both. */
    @Test
    void whenRescaledWithinRecordsEachIsReadOnWhereItWasLeft() throws IOException {
        try (Service service = stage.service("within-records", 2, LongTexts.SLOW)
                .changed("pending.max", "2000")
                .rescaled(1)) {
            publishLarge(service);
            service.started();
            Path one = stoppedWithinRecords(service, 1);
            service.rescaled(2).startedFrom(one);
            Path two = stoppedWithinRecords(service, 2);
            service.rescaled(1).changed("pending.max", "1000000").startedFrom(two);

            service.awaitLearned(LARGE);
            assertThat(service.lastReport().symbols()).isEqualTo(LARGE);
            LearnedText.assertLearnedOnceAndInOrder(service.stoppedWithSavepoint(), service.settings());
        }
    }

    private static Path stoppedWithinRecords(Service service, int records) throws IOException {
        long before = service.reports().isEmpty() ? 0 : service.lastReport().symbols();
        service.awaitReport("some text learned", report -> report.symbols() > before + 5_000);
        Path savepoint = service.stoppedWithSavepoint();
        assertThat(Savepoint.in(savepoint).textOffsets().stream().filter(read -> read.bytes() > 0))
                .hasSize(records);
        LearnedText.assertLearnedOnceAndInOrder(savepoint, service.settings());
        return savepoint;
    }

    /** Shakespeare in large records of many streams, so that each partition has some. */
    private static void publishLarge(Service service) {
        for (int i = 0; i < LARGE_RECORDS; i++) {
            int begin = i * LARGE / LARGE_RECORDS;
            service.publish("large " + i, Shakespeare.bytes(begin, begin + LARGE / LARGE_RECORDS));
        }
    }

    @Test
    void aTaskManagersEndKeepsTheTotalsAndRepeatsCanBeCut() throws IOException {
        try (Service service = stage.service("crashed", 2, LongTexts.SLOW).started()) {
            LongTexts texts = LongTexts.askedFor(service, "crashed");
            service.publishByTurns(0, 6_000);
            texts.awaitMore();
            service.awaitAccepted(6_000);
            service.checkpoint();
            texts.assertUnfinished();
            service.publishByTurns(6_000, 15_000);
            texts.awaitMore();
            service.awaitAccepted(15_000);
            stage.loseTaskManager();
            texts.assertUnfinished();
            service.publishByTurns(15_000, 18_000);

            service.awaitLearned(18_000);
            assertThat(service.checkpoints().getCounts().getNumberOfRestoredCheckpoints())
                    .isEqualTo(1);
            assertThat(service.lastReport().symbols()).isEqualTo(18_000);
            texts.awaitAll();
            texts.assertComplete();
            LearnedText.assertLearnedOnceAndInOrder(service.stoppedWithSavepoint(), service.settings());
        }
    }

    @Test
    void anotherModelThanTheSavepointsIsRefusedAndTheSavepointStaysGood() throws IOException {
        try (Service service = stage.service("refused", 1).started()) {
            service.publishByTurns(0, 1_000);
            service.awaitLearned(1_000);
            Path savepoint = service.stoppedWithSavepoint();

            assertRefused(service, savepoint, "model.hidden", "8", "16", "hidden=%s");
            assertRefused(service, savepoint, "model.layers", "2", "1", "layers=%s");
            assertRefused(service, savepoint, "model.embedding", "4", "5", "embedding=%s");
            assertRefused(service, savepoint, "optimizer", "adam", "rmsprop", "%S");
            assertRefused(service, savepoint, "alphabet", "bytes", "code-points", "%s");

            service.startedFrom(savepoint);
            service.publishByTurns(1_000, 2_000);
            service.awaitLearned(2_000);
        }
    }

    private static void assertRefused(
            Service service, Path savepoint, String option, String then, String now, String shown) {
        assertThatThrownBy(() -> service.changed(option, now).startedFrom(savepoint))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("Cannot start the job: The model has .*expected .*" + shown.formatted(now)
                        + ".*found .*" + shown.formatted(then) + ".*");
        assertThat(service.status()).isEqualTo(JobStatus.FAILED);
        service.changed(option, then);
    }

    @Test
    void whatIsNoPartOfTheModelTakesEffectFromTheNextStartOn() {
        try (Service service = stage.service("changed", 1).changed("samples.every", "1000000000", "clip.at", "0")) {
            service.publishByTurns(0, 10_000);
            service.started();
            service.awaitLearned(10_000);
            assertThat(service.lastReport().clipped()).isZero();
            Path savepoint = service.stoppedWithSavepoint();
            long texts = periodic(service);
            service.publishByTurns(10_000, 20_000);
            service.changed("learning-rate", "0.001", "learning-rate.warmup", "0", "learning-rate.decay", "0")
                    .changed("window.lanes", "3", "window.steps", "8", "dropout", "0.5")
                    .changed("reports.every", "10 ms")
                    .changed("clip", "value", "clip.at", "1.0E-6", "samples.every", "1000")
                    // every window is of the size asked for, however much text waits
                    .changed("deterministic", "true")
                    .startedFrom(savepoint);

            service.await("windows of the new size, learned at the new rate", () -> service.reports().stream()
                    .anyMatch(report -> report.symbols() > 10_000
                            && report.lanes() == 3
                            && report.windowSteps() == 8
                            && report.learningRate() == 0.001));
            service.await("a sample by itself", () -> periodic(service) > texts);
            assertThat(service.lastReport().clipped()).isPositive();

            // the rest of each stream waits for the others only in deterministic mode
            service.changed("deterministic", "false").startedFrom(service.stoppedWithSavepoint());
            service.awaitLearned(20_000);
        }
    }

    private static long periodic(Service service) {
        return service.samples().stream()
                .filter(sample -> sample.origin() == Origin.PERIODIC && sample.done())
                .count();
    }
}
