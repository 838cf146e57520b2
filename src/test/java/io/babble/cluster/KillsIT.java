package io.babble.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.JavaProcess;
import io.babble.cluster.FlinkCluster.TaskManager;
import io.babble.job.savepoint.Savepoint;
import io.babble.job.savepoint.SavepointException;
import io.babble.model.ModelCodec;
import io.babble.records.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Kills processes at random moments while text and prompts come into two jobs, and proves from what they put out and
 * from their last savepoints that each symbol was learned exactly once and in order.
 *
 * <p>One job is deterministic, so that its model must be that of an undisturbed job, to the bit. The other one has
 * Babble's own schedule, and more text than it can learn, in records that take seconds to read: its windows grow, its
 * state is full, the source is stopped within records, and streams are evicted within them. Its model depends on the
 * clock, so that the text that it has learned is the proof, as {@code LearnedText} says.
 *
 * <p>{@code -Pchaos} kills more often; {@code -Dchaos.seed} makes the same choices again.
 */
class KillsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int ROUNDS = Integer.getInteger("chaos.rounds", 1);
    private static final int SLOW_TEXT = 1_000;
    private static final int STREAMS_MAX = 4;
    private static final int PENDING_MAX = 32 << 10;
    private static final int WINDOW_STEPS = 40;

    private static final Map<String, String> DETERMINISTIC = Map.of(
            "babble.deterministic", "true",
            "babble.replay.capacity", "20000000",
            "babble.model.hidden", "16",
            "babble.model.embedding", "8",
            "babble.dropout", "0.1");

    /** Windows of more than a piece, which are waited for, and larger ones while much text waits. */
    private static final Map<String, String> BY_THE_CLOCK = Map.of(
            "babble.streams.max", Integer.toString(STREAMS_MAX),
            "babble.pending.max", Integer.toString(PENDING_MAX),
            "babble.replay.capacity", "20000000",
            "babble.threads", "1",
            "babble.model.hidden", "128",
            "babble.window.lanes", "8",
            "babble.window.steps", Integer.toString(WINDOW_STEPS),
            "babble.window.steps.max", "160");

    private enum Kill {
        TASK_MANAGER,
        TASK_MANAGER_DURING_RECOVERY,
        TASK_MANAGER_DURING_SAVEPOINT,
        /** It stands still until its tasks run elsewhere, and then goes on with them. */
        ZOMBIE_TASK_MANAGER,
        JOB_MANAGER,
        BROKER
    }

    private final long seed = Long.getLong("chaos.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private Cluster cluster;
    private FlinkCluster flink;

    @Test
    void whateverIsKilledEverySymbolIsLearnedOnceAndEveryPieceIsWrittenOnce() throws Exception {
        System.out.println("Kills: -Dchaos.seed=" + seed);
        try (Cluster started = new Cluster("kills", JavaProcess.classPath(), 2, options())) {
            cluster = started;
            flink = cluster.flink();
            try (KilledJob deterministic = new KilledJob(
                            cluster,
                            "deterministic",
                            new KilledJob.Text(1, SLOW_TEXT, 200, new Random(seed + 1)),
                            DETERMINISTIC);
                    KilledJob byTheClock = new KilledJob(
                            cluster,
                            "by-the-clock",
                            new KilledJob.Text(3, 30_000, 128 << 10, new Random(seed + 2)),
                            BY_THE_CLOCK)) {
                killAll(deterministic, byTheClock);
                Path stopped = byTheClock.stoppedWithSavepoint();
                byTheClock.assertNoGapAndNoRepeat(stopped);
                byTheClock.assertLearnedOnceAndInOrder(stopped);
                assertThat(byTheClock.hasRecoveredWithinRecord()).isTrue();
                assertHadMoreTextThanItCouldLearn(byTheClock.reports());

                deterministic.awaitAllAccepted();
                stopped = deterministic.stoppedWithSavepoint();
                deterministic.assertNoGapAndNoRepeat(stopped);
                deterministic.assertLearnedOnceAndInOrder(stopped);
                assertThat(ModelCodec.crc(Savepoint.in(stopped).model()))
                        .isEqualTo(ModelCodec.crc(
                                deterministic.learnedUndisturbed().model()));
                for (TaskManager failed : flink.failedTaskManagers()) {
                    assertEndedByFlink(failed);
                }
            }
        }
    }

    /**
     * Both jobs fit on either TaskManager alone; one that stands still is given up soon; checkpoints stay, as they are
     * read here.
     */
    private static Configuration options() {
        Configuration options = FlinkCluster.quickToStart();
        options.setString("taskmanager.numberOfTaskSlots", "4");
        options.setString("heartbeat.timeout", "8 s");
        options.setString("execution.checkpointing.num-retained", "1000");
        options.setString("web.refresh-interval", "200 ms");
        return options;
    }

    private static void assertHadMoreTextThanItCouldLearn(List<Report> reports) {
        assertThat(reports).allSatisfy(report -> assertThat(report.streams()).isLessThanOrEqualTo(STREAMS_MAX));
        assertThat(reports).allSatisfy(report -> assertThat(report.pending()).isLessThanOrEqualTo(PENDING_MAX));
        assertThat(reports).anySatisfy(report -> assertThat(report.pending()).isGreaterThan(PENDING_MAX * 9 / 10));
        assertThat(reports)
                .anySatisfy(report -> assertThat(report.windowSteps()).isGreaterThan(WINDOW_STEPS));
        assertThat(reports).anySatisfy(report -> assertThat(report.replayed()).isPositive());
    }

    private void killAll(KilledJob deterministic, KilledJob byTheClock) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            List<Kill> kills = Arrays.asList(Kill.values());
            Collections.shuffle(kills, random);
            for (Kill kill : kills) {
                long moment = deterministic.published() + random.nextInt(5 * SLOW_TEXT);
                Awaitility.await("a random moment, and a checkpoint within a record")
                        .atMost(PATIENCE)
                        .until(() -> deterministic.published() >= moment && byTheClock.isWithinRecord());
                long begin = System.currentTimeMillis();
                byTheClock.noteKill();
                deterministic.noteKill();
                kill(kill, byTheClock);
                byTheClock.awaitRecovered();
                deterministic.awaitRecovered();
                System.out.printf("%s, well again after %.1f s%n", kill, (System.currentTimeMillis() - begin) / 1e3);
            }
        }
    }

    private void kill(Kill kill, KilledJob job) throws SavepointException {
        switch (kill) {
            case TASK_MANAGER -> flink.killAndRestart(taskManagerOf(job));
            case TASK_MANAGER_DURING_RECOVERY -> killDuringRecovery(job);
            case TASK_MANAGER_DURING_SAVEPOINT -> killDuringSavepoint(job);
            case ZOMBIE_TASK_MANAGER -> makeZombie(job);
            case JOB_MANAGER -> flink.killAndRestartJobManager();
            case BROKER -> cluster.kafka().killAndRestart();
        }
    }

    private TaskManager taskManagerOf(KilledJob job) {
        List<TaskManager> all = Awaitility.await("tasks on TaskManagers that live")
                .atMost(PATIENCE)
                .until(() -> flink.taskManagersOf(job.id()), living -> !living.isEmpty());
        return all.get(random.nextInt(all.size()));
    }

    private void killDuringRecovery(KilledJob job) {
        flink.killAndRestart(taskManagerOf(job));
        Awaitility.await("a recovery")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> cluster.jobs().isRecovering(job.id()));
        flink.killAndRestart(taskManagerOf(job));
    }

    /** A TaskManager that stands still keeps the savepoint from being complete before it is killed. */
    private void killDuringSavepoint(KilledJob job) {
        TaskManager victim = taskManagerOf(job);
        victim.process().suspend();
        CompletableFuture<String> savepoint = cluster.jobs().beginSavepoint(job.id());
        flink.killAndRestart(victim);
        assertThat(savepoint).failsWithin(PATIENCE);
    }

    private void makeZombie(KilledJob job) throws SavepointException {
        TaskManager victim = taskManagerOf(job);
        victim.process().suspend();
        job.awaitRecovered();
        job.noteKill();
        victim.process().resume();
        flink.awaitTaskManagers();
    }

    /**
     * Flink 2.2 ends a TaskManager in which a task is cancelled while it holds a network buffer of one that is gone.
     * Nothing else may end one.
     */
    private static void assertEndedByFlink(TaskManager failed) throws IOException {
        try (Stream<String> log = Files.lines(failed.log())) {
            assertThat(log.dropWhile(line -> !line.contains("FATAL - exception in exception handler of task"))
                            .skip(1)
                            .findFirst())
                    .as("why %s has ended", failed.name())
                    .hasValueSatisfying(cause -> assertThat(cause).contains("RemoteTransportException"));
        }
    }
}
