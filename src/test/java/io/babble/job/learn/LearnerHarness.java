package io.babble.job.learn;

import io.babble.job.TestClock;
import io.babble.job.internals.ModelSnapshot;
import io.babble.job.internals.ModelSnapshot.Role;
import io.babble.job.operator.Chunk;
import io.babble.job.options.Settings;
import io.babble.job.source.Piece;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import io.babble.records.DeadLetter;
import io.babble.records.Prompt;
import io.babble.records.PromptCommand;
import io.babble.records.Report;
import io.babble.text.RecordPart.Ending;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** A learner alone, in Flink's operator harness: text goes in by name, time moves by hand. */
final class LearnerHarness implements AutoCloseable {
    private static final int MAX_PARALLELISM = 128;

    private final KeyedOneInputStreamOperatorTestHarness<String, Piece, Report> harness;
    private final TestClock clock = new TestClock(this::processingTime);
    private long offset;

    private LearnerHarness(Settings settings, int learners) throws Exception {
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new LearnOperatorFactory(settings, () -> clock),
                Piece::stream,
                Types.STRING,
                MAX_PARALLELISM,
                learners,
                0);
        harness.getExecutionConfig().enableObjectReuse();
    }

    static LearnerHarness started(Settings settings) throws Exception {
        return started(settings, 1);
    }

    /** The first of {@code learners}. */
    static LearnerHarness started(Settings settings, int learners) throws Exception {
        LearnerHarness learner = new LearnerHarness(settings, learners);
        learner.harness.open();
        return learner;
    }

    static LearnerHarness restored(Settings settings, OperatorSubtaskState state) throws Exception {
        LearnerHarness learner = new LearnerHarness(settings, 1);
        learner.harness.initializeState(state);
        learner.harness.open();
        return learner;
    }

    void read(String stream, String text) throws Exception {
        read(stream, text.getBytes(StandardCharsets.UTF_8), Ending.NOTHING);
    }

    void read(String stream, byte[] text, Ending ending) throws Exception {
        read(new Piece(stream, text, ending, "text", 0, offset++, clock.absoluteTimeMillis(), true, true, null));
    }

    void read(Piece piece) throws Exception {
        harness.processElement(piece, 0);
    }

    void end(String stream) throws Exception {
        read(stream, new byte[0], Ending.STREAM);
    }

    /** Runs everything that the operator wants to do without new input. */
    void settle() throws Exception {
        TaskMailbox mailbox = harness.getTaskMailbox();
        for (Optional<Mail> mail = mailbox.tryTake(0); mail.isPresent(); mail = mailbox.tryTake(0)) {
            mail.get().run();
        }
    }

    void passTime(long millis) throws Exception {
        harness.setProcessingTime(harness.getProcessingTime() + millis);
        settle();
    }

    private long processingTime() {
        return harness.getProcessingTime();
    }

    /** Somebody sets the machine's clock so many milliseconds forward, or back. */
    void setClockForward(long millis) {
        clock.setForward(millis);
    }

    OperatorSubtaskState snapshot() throws Exception {
        return harness.snapshot(1, 1);
    }

    /** The savepoint that a job stops with. */
    OperatorSubtaskState stopSavepoint(long number) throws Exception {
        SavepointType stop = SavepointType.suspend(SavepointFormatType.CANONICAL);
        return harness.snapshotWithLocalState(number, 1, stop).getJobManagerOwnedState();
    }

    void checkpointAborted(long number) throws Exception {
        harness.getOperator().notifyCheckpointAborted(number);
    }

    /** Somebody cancels the job. */
    void cancelTask() throws Exception {
        learner().getContainingTask().cancel();
    }

    void finish() throws Exception {
        harness.getOperator().finish();
    }

    Report lastReport() throws Exception {
        passTime(1_000);
        List<Report> reports = harness.extractOutputValues();
        return reports.get(reports.size() - 1);
    }

    List<Report> reports() {
        return harness.extractOutputValues();
    }

    List<DeadLetter> deadLetters() {
        return side(LearnOperator.DEAD_LETTERS);
    }

    List<Prompt> prompts() {
        return side(LearnOperator.PROMPTS).stream().map(PromptCommand::prompt).toList();
    }

    List<Chunk> chunks() {
        return side(LearnOperator.WEIGHTS);
    }

    /** The model as a checkpoint would hold it now. */
    Model model() throws Exception {
        OperatorStateHandle state =
                harness.snapshot(2, 2).getRawOperatorState().iterator().next();
        return ModelSnapshot.read(state).get(Role.CURRENT);
    }

    /** The replay buffer as a checkpoint would hold it now: its text is to be found in this. */
    String replayState() throws Exception {
        OperatorStateHandle state =
                harness.snapshot(2, 2).getManagedOperatorState().iterator().next();
        try (FSDataInputStream in = state.openInputStream()) {
            in.seek(state.getStateNameToPartitionOffsets().get("replay").getOffsets()[0]);
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).replace("\0", "");
        }
    }

    long modelCrc() throws Exception {
        return ModelCodec.crc(model());
    }

    private LearnOperator learner() {
        return (LearnOperator) harness.getOperator();
    }

    private <T> List<T> side(OutputTag<T> tag) {
        Queue<StreamRecord<T>> output = harness.getSideOutput(tag);
        return output == null
                ? List.of()
                : output.stream().map(StreamRecord::getValue).toList();
    }

    @Override
    public void close() throws Exception {
        if (learner().getContainingTask().isCanceled()) {
            learner().close(); // the harness would finish it first
        } else {
            harness.close();
        }
    }
}
