package io.babble.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.JavaProcess;
import io.babble.job.savepoint.Savepoint;
import io.babble.job.savepoint.SavepointException;
import io.babble.model.ModelCodec;
import io.babble.records.Report;
import io.babble.records.Sample;
import io.babble.records.Topics;
import io.babble.text.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Kills processes at random moments while text and prompts come in, and proves from what the job put out and from its
 * last savepoint that each symbol was learned exactly once and in order. {@code -Pchaos} kills more often;
 * {@code -Dchaos.seed} makes the same choices again.
 */
class KillsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int TEXT_PER_SECOND = 2_000;
    private static final int SECONDS_PER_PROMPT = 2;

    private enum Victim {
        TASK_MANAGER,
        JOB_MANAGER,
        BROKER
    }

    private final long seed = Long.getLong("chaos.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private Cluster cluster;
    private KafkaBroker kafka;
    private FlinkCluster flink;

    @Test
    void whateverIsKilledEverySymbolIsLearnedOnceAndEveryPieceIsWrittenOnce() throws Exception {
        System.out.println("Kills: -Dchaos.seed=" + seed);
        try (Cluster started = new Cluster("kills", JavaProcess.classPath(), 2, FlinkCluster.quickToStart())) {
            cluster = started;
            kafka = cluster.kafka();
            flink = cluster.flink();
            Topics topics = cluster.createTopics("killed");
            try (Reader reader = new Reader(kafka.bootstrapServers(), topics);
                    Publisher publisher = new Publisher(
                            kafka.bootstrapServers(), topics, random, TEXT_PER_SECOND, SECONDS_PER_PROMPT)) {
                JobID job = submit("killed", topics, "exactly-once");
                flink.awaitRunning(job);
                Awaitility.await("the first checkpoint").atMost(PATIENCE).until(() -> flink.hasCheckpointSince(job, 0));
                killAll(job, reader, publisher);
                publisher.stop();
                awaitAccepted(reader, publisher.published());
                awaitAnswers(reader, publisher.prompts());
                Savepoint killed = Savepoint.in(flink.stopWithSavepoint(job));
                reader.readToTheEnd();
                assertNoGapAndNoRepeat(reader, publisher);
                assertLearnedOnceAndInOrder(killed, publisher);
                Topics others = cluster.createTopics("undisturbed");
                Savepoint undisturbed = learnedUndisturbed(topics.text(), others, publisher.published());
                assertThat(ModelCodec.crc(killed.model())).isEqualTo(ModelCodec.crc(undisturbed.model()));
            }
        }
    }

    private void killAll(JobID job, Reader reader, Publisher publisher) throws Exception {
        List<Victim> victims = new ArrayList<>();
        victims.addAll(Collections.nCopies(Integer.getInteger("chaos.taskmanagers", 2), Victim.TASK_MANAGER));
        victims.addAll(Collections.nCopies(Integer.getInteger("chaos.jobmanagers", 1), Victim.JOB_MANAGER));
        victims.addAll(Collections.nCopies(Integer.getInteger("chaos.brokers", 1), Victim.BROKER));
        Collections.shuffle(victims, random);
        List<Long> recoveries = new ArrayList<>();
        for (Victim victim : victims) {
            long moment = publisher.published() + random.nextInt(5 * TEXT_PER_SECOND);
            Awaitility.await("a random moment").atMost(PATIENCE).until(() -> publisher.published() >= moment);
            long killed = System.currentTimeMillis();
            long step = reader.lastReport().map(Report::step).orElse(0L);
            kill(victim);
            Awaitility.await(victim + " was killed: tasks running, a new checkpoint, the step advanced")
                    .atMost(PATIENCE)
                    .until(() -> flink.hasCheckpointSince(job, killed)
                            && reader.lastReport().map(Report::step).orElse(0L) > step
                            && flink.isRunning(job));
            recoveries.add(System.currentTimeMillis() - killed);
            System.out.printf(
                    "%s killed, well again after %.1f s%n", victim, recoveries.get(recoveries.size() - 1) / 1e3);
        }
        Collections.sort(recoveries);
        System.out.printf(
                "%d kills; well again after %.1f s (median), %.1f s (most), %d took more than 30 s%n",
                recoveries.size(),
                recoveries.get(recoveries.size() / 2) / 1e3,
                recoveries.get(recoveries.size() - 1) / 1e3,
                recoveries.stream().filter(millis -> millis > 30_000).count());
    }

    private void kill(Victim victim) {
        switch (victim) {
            case TASK_MANAGER -> {
                List<FlinkCluster.TaskManager> busy = flink.busyTaskManagers();
                flink.killAndRestart(busy.get(random.nextInt(busy.size())));
            }
            case JOB_MANAGER -> flink.killAndRestartJobManager();
            case BROKER -> kafka.killAndRestart();
        }
    }

    /** However much text that is: gives up only where nothing more was accepted for a while. */
    private static void awaitAccepted(Reader reader, long bytes) {
        for (long before = -1; before < bytes; before = accepted(reader)) {
            long known = before;
            Awaitility.await("more than " + known + " of " + bytes + " bytes accepted")
                    .atMost(PATIENCE)
                    .until(() -> accepted(reader) > known);
        }
    }

    private static long accepted(Reader reader) {
        return reader.lastReport().map(Report::accepted).orElse(0L);
    }

    private static void awaitAnswers(Reader reader, List<String> prompts) {
        for (String prompt : prompts) {
            Awaitility.await(prompt + " answered").atMost(PATIENCE).until(() -> reader.samples(prompt).stream()
                    .anyMatch(Sample::done));
        }
    }

    private static void assertNoGapAndNoRepeat(Reader reader, Publisher publisher) {
        List<Report> reports = reader.reports();
        assertThat(reports)
                .extracting(Report::number)
                .containsExactlyElementsOf(
                        LongStream.range(0, reports.size()).boxed().toList());
        assertThat(reports).allSatisfy(report -> assertThat(report.symbols() + report.pending() + report.dead())
                .isEqualTo(report.accepted()));
        for (String prompt : publisher.prompts()) {
            List<Sample> pieces = reader.samples(prompt);
            long offset = 0;
            for (int i = 0; i < pieces.size(); i++) {
                Sample piece = pieces.get(i);
                assertThat(piece.sequence()).as("sequence of " + piece).isEqualTo(i);
                assertThat(piece.offset()).as("offset of " + piece).isEqualTo(offset);
                assertThat(piece.done()).as("end of " + piece).isEqualTo(i == pieces.size() - 1);
                assertThat(piece.error()).isNull();
                offset += piece.text().codePoints().count();
            }
        }
    }

    /**
     * Of each stream as many symbols are learned as were published before those that wait in its state. That they were
     * those symbols, and in order, shows in the model.
     */
    private static void assertLearnedOnceAndInOrder(Savepoint savepoint, Publisher publisher)
            throws SavepointException {
        Map<String, byte[]> published = publisher.streams();
        Map<String, byte[]> accounted = new HashMap<>();
        savepoint.streams((name, stream) -> {
            byte[] text = published.get(name.replace("key/", ""));
            if (text != null) {
                int position = (int) stream.position();
                int waiting = stream.available();
                int[] symbols = new int[waiting];
                stream.take(Bytes.ALPHABET, waiting, 0, 1, new int[waiting], symbols);
                byte[] all = Arrays.copyOf(text, position + waiting + stream.pendingBytes());
                for (int i = 0; i < waiting; i++) {
                    all[position + i] = (byte) symbols[i];
                }
                accounted.put(name.replace("key/", ""), all);
            }
        });
        assertThat(accounted).usingRecursiveComparison().isEqualTo(published);
    }

    /** Learns the same text in one go. */
    private Savepoint learnedUndisturbed(String text, Topics others, long bytes) throws SavepointException {
        Topics topics = new Topics(text, others.prompts(), others.samples(), others.reports(), others.deadLetters());
        try (Reader reader = new Reader(kafka.bootstrapServers(), topics)) {
            JobID job = submit("undisturbed", topics, "at-least-once");
            awaitAccepted(reader, bytes);
            return Savepoint.in(flink.stopWithSavepoint(job));
        }
    }

    private JobID submit(String name, Topics topics, String delivery) {
        Map<String, String> options = Map.of(
                "babble.name", name,
                "babble.deterministic", "true",
                "babble.delivery", delivery,
                "babble.model.hidden", "16",
                "babble.model.embedding", "8",
                "babble.dropout", "0.1");
        return cluster.submit(topics, options, new Configuration().set(CoreOptions.DEFAULT_PARALLELISM, 2));
    }
}
