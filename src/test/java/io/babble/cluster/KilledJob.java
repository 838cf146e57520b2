package io.babble.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.ReadTopic;
import io.babble.job.LearnedText;
import io.babble.job.savepoint.Savepoint;
import io.babble.job.savepoint.SavepointException;
import io.babble.job.savepoint.TextOffset;
import io.babble.records.Report;
import io.babble.records.Sample;
import io.babble.records.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.awaitility.Awaitility;

/**
 * A job on topics of its own, into which text and prompts come all the time, and which puts out everything exactly
 * once.
 */
final class KilledJob implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int SECONDS_PER_PROMPT = 2;

    private final Cluster cluster;
    private final String name;
    private final Topics topics;
    private final Map<String, String> options;
    private final Reader reader;
    private final Publisher publisher;
    private final JobID job;

    private boolean recoveredWithinRecord;
    private long killed;
    private long stepWhenKilled;

    /** What comes into a job. */
    record Text(int partitions, int bytesPerSecond, int longestRecord, Random random) {}

    /** Starts it; it has a checkpoint when this returns. */
    KilledJob(Cluster cluster, String name, Text text, Map<String, String> options) {
        this.cluster = cluster;
        this.name = name;
        this.options = options;
        topics = cluster.createTopics(name, text.partitions());
        String kafka = cluster.kafka().bootstrapServers();
        reader = new Reader(kafka, topics);
        publisher = new Publisher(
                kafka, topics, text.random(), text.bytesPerSecond(), text.longestRecord(), SECONDS_PER_PROMPT);
        job = submit(name, topics, "exactly-once");
        cluster.jobs().awaitRunning(job);
        Awaitility.await(name + ": the first checkpoint").atMost(PATIENCE).until(() -> cluster.jobs()
                .hasCheckpointSince(job, 0));
    }

    private JobID submit(String as, Topics on, String delivery) {
        Configuration twice = new Configuration().set(CoreOptions.DEFAULT_PARALLELISM, 2);
        return cluster.submit(on, options(as, delivery), twice);
    }

    private Map<String, String> options(String as, String delivery) {
        Map<String, String> all = new HashMap<>(options);
        all.putAll(Map.of("babble.name", as, "babble.delivery", delivery));
        return all;
    }

    JobID id() {
        return job;
    }

    /** Bytes of text so far. */
    long published() {
        return publisher.published();
    }

    /** Whether the checkpoint that it would recover from now has been taken within a record. */
    boolean isWithinRecord() throws SavepointException {
        Optional<Path> newest = cluster.jobs().newestCheckpointPath(job);
        return newest.isPresent() && isWithinRecord(newest.get());
    }

    private static boolean isWithinRecord(Path checkpoint) throws SavepointException {
        return Savepoint.in(checkpoint).textOffsets().stream()
                .mapToInt(TextOffset::bytes)
                .anyMatch(bytes -> bytes > 0);
    }

    /** Something is about to be killed. */
    void noteKill() {
        killed = System.currentTimeMillis();
        stepWhenKilled = step();
    }

    private long step() {
        return reader.lastReport().map(Report::step).orElse(0L);
    }

    /** Waits until all tasks run, there is a new checkpoint and the model has learned on. */
    void awaitRecovered() throws SavepointException {
        Jobs jobs = cluster.jobs();
        Awaitility.await(name + ": tasks running, a new checkpoint, the step advanced")
                .atMost(PATIENCE)
                .until(() -> jobs.hasCheckpointSince(job, killed) && step() > stepWhenKilled && jobs.isRunning(job));
        Optional<Path> restored = jobs.restoredCheckpoint(job);
        recoveredWithinRecord |= restored.isPresent() && isWithinRecord(restored.get());
    }

    /** Whether it has recovered from a checkpoint that was taken within a record. */
    boolean hasRecoveredWithinRecord() {
        return recoveredWithinRecord;
    }

    /** No more text and prompts come; waits until all of the text is accepted. */
    void awaitAllAccepted() throws InterruptedException {
        publisher.stop();
        awaitAccepted(reader, publisher.published());
    }

    /** No more text and prompts come; waits until all prompts are answered, and stops it. */
    Path stoppedWithSavepoint() throws InterruptedException {
        publisher.stop();
        for (String prompt : publisher.prompts()) {
            Awaitility.await(prompt + " answered").atMost(PATIENCE).until(() -> reader.samples(prompt).stream()
                    .anyMatch(Sample::done));
        }
        Path savepoint = cluster.jobs().stopWithSavepoint(job);
        reader.readToTheEnd();
        return savepoint;
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

    List<Report> reports() {
        return reader.reports();
    }

    /** Everything that it has put out, until it was stopped with this savepoint, came once and adds up. */
    void assertNoGapAndNoRepeat(Path savepoint) throws SavepointException {
        List<Report> reports = reader.reports();
        assertThat(reports)
                .extracting(Report::number)
                .containsExactlyElementsOf(
                        LongStream.range(0, reports.size()).boxed().toList());
        assertThat(reports).allSatisfy(report -> assertThat(report.symbols() + report.pending() + report.dead())
                .isEqualTo(report.accepted()));
        for (String prompt : publisher.prompts()) {
            assertWrittenOnce(reader.samples(prompt));
        }
        try (ReadTopic<Integer> deadLetters = new ReadTopic<>(
                cluster.kafka().bootstrapServers(), topics.deadLetters(), letter -> letter.value().length)) {
            assertThat(deadLetters.all().stream().mapToInt(bytes -> bytes).sum())
                    .as("bytes of dead letters")
                    .isPositive()
                    .isEqualTo((int) Savepoint.in(savepoint).ledger().dead());
        }
    }

    private static void assertWrittenOnce(List<Sample> pieces) {
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

    void assertLearnedOnceAndInOrder(Path savepoint) throws IOException {
        LearnedText.assertLearnedOnceAndInOrder(savepoint, cluster.settings(topics, options));
    }

    /** Learns the same text in one go, with the same options. */
    Savepoint learnedUndisturbed() throws SavepointException {
        String again = name + "-undisturbed";
        Topics others = cluster.createTopics(again, 1);
        Topics both =
                new Topics(topics.text(), others.prompts(), others.samples(), others.reports(), others.deadLetters());
        try (Reader undisturbed = new Reader(cluster.kafka().bootstrapServers(), both)) {
            JobID other = submit(again, both, "at-least-once");
            awaitAccepted(undisturbed, publisher.published());
            return Savepoint.in(cluster.jobs().stopWithSavepoint(other));
        }
    }

    @Override
    public void close() {
        publisher.close();
        reader.close();
    }
}
