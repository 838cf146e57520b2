package io.babble.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.records.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reader sees who reads only what is committed, of a job that writes in transactions. */
class ExactlyOnceIT {
    private static final String[] EXACTLY_ONCE = {"delivery", "exactly-once", "kafka.transaction.timeout.ms", "20000"};

    /** For tests that wait for it: longer than the time between two of their checkpoints on a busy machine. */
    private static final String[] SOON_TIMED_OUT = {"kafka.transaction.timeout.ms", "10000"};

    private static final String FORGOTTEN =
            "The producer attempted to use a producer id which is not currently assigned to its transactional id.";

    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path folder;

    @Test
    void afterAStopAndAfterACrashThereIsNoGapAndNoRepeat() {
        try (Stage stage = stage(Map.of(), Duration.ofSeconds(1));
                Service service = stage.service("exact", 1, LongTexts.SLOW)
                        .changed(EXACTLY_ONCE)
                        .started()) {
            LongTexts stopped = LongTexts.askedFor(service, "stopped");
            service.publishByTurns(0, 4_000);
            stopped.awaitMore();
            Path savepoint = service.stoppedWithSavepoint();
            stopped.assertUnfinished();
            service.startedFrom(savepoint);
            LongTexts crashed = LongTexts.askedFor(service, "crashed");
            service.publishByTurns(4_000, 8_000);
            crashed.awaitMore();
            service.checkpoint();
            Path checkpoint = service.crashed();
            crashed.assertUnfinished();
            service.publishByTurns(8_000, 12_000);
            service.startedFrom(checkpoint);

            service.awaitLearned(12_000);
            for (LongTexts texts : List.of(stopped, crashed)) {
                texts.awaitAll();
                texts.assertComplete();
                texts.assertWithoutRepeats();
            }
            List<Report> reports = service.reports();
            assertThat(reports)
                    .extracting(Report::number)
                    .containsExactlyElementsOf(
                            LongStream.range(0, reports.size()).boxed().toList());
            assertThat(service.lastReport().symbols()).isEqualTo(12_000);
        }
    }

    /**
     * A savepoint that the job is not stopped with leaves its transactions to the next checkpoint, which here never
     * comes.
     */
    @Test
    void startsWhereTransactionsHaveTimedOutAndSaysThatOutputMayBeMissing() {
        try (Stage stage = stage(Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500"), NEVER);
                Service service = stage.service("timed-out", 1, LongTexts.SLOW)
                        .changed(EXACTLY_ONCE)
                        .changed(SOON_TIMED_OUT)
                        .started();
                LoggedLines log = LoggedLines.of("org.apache.flink.connector.kafka")) {
            Path savepoint = cancelledWithSavepoint(service);
            service.await("transactions timed out", () -> service.transactions().stream()
                    .noneMatch(transaction -> transaction.state() == TransactionState.ONGOING));
            service.startedFrom(savepoint);

            service.publishByTurns(2_000, 4_000);
            awaitLearned(service, 4_000);
            assertThat(log.lines()).anyMatch(line -> line.contains("most likely signals data loss"));
            assertThat(service.reports()).extracting(Report::number).doesNotHaveDuplicates();
            assertThat(service.lastReport().symbols()).isEqualTo(4_000);
        }
    }

    @Test
    void whereTheBrokerHasForgottenTheTransactionsItStartsOnceItHasRunAtLeastOnce() {
        try (Stage stage = stage(
                        Map.of(
                                "transactional.id.expiration.ms", "8000",
                                "transaction.abort.timed.out.transaction.cleanup.interval.ms", "500",
                                "transaction.remove.expired.transaction.cleanup.interval.ms", "500"),
                        NEVER);
                Service service = stage.service("forgotten", 1, LongTexts.SLOW)
                        .changed(EXACTLY_ONCE)
                        .changed(SOON_TIMED_OUT)
                        .started()) {
            Path savepoint = cancelledWithSavepoint(service);
            service.await("transactions forgotten", () -> service.transactions().isEmpty());

            service.submitFrom(savepoint);
            service.await(
                    "failure", () -> service.failure().filter(FORGOTTEN::equals).isPresent());
            service.cancel();
            Path written = service.changed("delivery", "at-least-once")
                    .startedFrom(savepoint)
                    .stoppedWithSavepoint();
            service.changed("delivery", "exactly-once").startedFrom(written);
            service.publishByTurns(2_000, 4_000);
            awaitLearned(service, 4_000);
        }
    }

    private static Path cancelledWithSavepoint(Service service) {
        LongTexts texts = LongTexts.longestAskedFor(service, "long");
        service.publishByTurns(0, 2_000);
        awaitLearned(service, 2_000);
        awaitCommitted(service, "a beginning of each text", texts::haveMore);
        texts.assertUnfinished();
        return service.cancelledWithSavepoint();
    }

    private static void awaitLearned(Service service, long bytes) {
        awaitCommitted(service, bytes + " bytes learned", () -> {
            List<Report> reports = service.reports();
            return !reports.isEmpty() && reports.get(reports.size() - 1).symbols() == bytes;
        });
    }

    /** Takes the checkpoints that show it: one that Flink takes may commit what the test wants open. */
    private static void awaitCommitted(Service service, String what, Callable<Boolean> condition) {
        service.await(what, () -> {
            service.checkpoint();
            return condition.call();
        });
    }

    private Stage stage(Map<String, String> kafka, Duration checkpoints) {
        Configuration flink = new Configuration().set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpoints);
        return new Stage(folder, TestKafka.inProcess(folder.resolve("kafka"), kafka), flink);
    }
}
