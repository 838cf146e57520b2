package io.babble.job.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.TestClock;
import io.babble.job.operator.Chunk;
import io.babble.job.options.EngineFactory;
import io.babble.job.options.Settings;
import io.babble.job.state.Answer;
import io.babble.job.state.AnswerSerializer;
import io.babble.model.Initialization;
import io.babble.model.Loss;
import io.babble.model.Model;
import io.babble.model.ModelBytes;
import io.babble.model.Shape;
import io.babble.model.Shape.Tensor;
import io.babble.records.DeadLetter;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.PromptCommand;
import io.babble.records.RawRecord;
import io.babble.records.Sample;
import io.babble.text.Alphabet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/** A writer alone, in Flink's operator harness: its slices run when they are told to. */
public final class WriterHarness implements AutoCloseable {
    private static final int MAX_PARALLELISM = 128;
    private static final float NEVER = -100;

    private final AbstractStreamOperatorTestHarness<Sample> harness;

    private final TestClock clock = new TestClock(this::processingTime);

    private WriterHarness(Settings settings, int writers, int writer) throws Exception {
        harness = new AbstractStreamOperatorTestHarness<>(
                new WriteOperatorFactory(settings, () -> clock), MAX_PARALLELISM, writers, writer);
        harness.getExecutionConfig().enableObjectReuse();
        harness.getStreamConfig().setStatePartitioner(0, (KeySelector<PromptCommand, String>) PromptCommand::id);
        harness.getStreamConfig().setStateKeySerializer(StringSerializer.INSTANCE);
        harness.getStreamConfig().serializeAllConfigs();
    }

    static WriterHarness started(Settings settings) throws Exception {
        return started(settings, 1, 0);
    }

    static WriterHarness started(Settings settings, int writers, int writer) throws Exception {
        WriterHarness started = new WriterHarness(settings, writers, writer);
        started.harness.open();
        return started;
    }

    static WriterHarness restored(Settings settings, OperatorSubtaskState state) throws Exception {
        return restored(settings, state, 1, 1, 0);
    }

    /** One of {@code writers}, from the state of {@code before} of them. */
    static WriterHarness restored(Settings settings, OperatorSubtaskState state, int before, int writers, int writer)
            throws Exception {
        WriterHarness restored = new WriterHarness(settings, writers, writer);
        restored.harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                state, MAX_PARALLELISM, before, writers, writer));
        restored.harness.open();
        return restored;
    }

    /** Which of {@code writers} a prompt goes to. */
    static int writerOf(String id, int writers) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(id, MAX_PARALLELISM, writers);
    }

    static Prompt prompt(String id, int length) {
        return new Prompt(id, "To be", length, 0.8, 0, 1, Prompt.seedOf(id), null, Origin.PROMPT);
    }

    /**
     * A model that writes ASCII and never ends a text; its weights follow from the version and the state counts in
     * them.
     */
    public static Model model(Settings settings, long version) {
        Shape shape = settings.shape();
        float[] weights = Initialization.weights(shape, version);
        for (int i = 0; i < weights.length; i++) {
            weights[i] *= 4;
        }
        List<Tensor> tensors = shape.tensors();
        Tensor bias = tensors.get(tensors.size() - 1);
        Arrays.fill(weights, bias.offset() + 128, bias.offset() + Alphabet.END_OF_TEXT + 1, NEVER);
        Model empty = new EngineFactory(settings).newModel();
        return new Model(
                shape, empty.alphabet(), version, 0, Loss.UNKNOWN, 0, empty.optimizer(), weights, new float[0][]);
    }

    static List<Chunk> chunks(Model model, int bytesEach) {
        byte[] bytes = ModelBytes.of(model);
        int count = (bytes.length + bytesEach - 1) / bytesEach;
        List<Chunk> chunks = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            int end = Math.min(bytes.length, (number + 1) * bytesEach);
            chunks.add(new Chunk(model.version(), number, count, Arrays.copyOfRange(bytes, number * bytesEach, end)));
        }
        return chunks;
    }

    /** The text that the pieces are; they must come without gap, and be those of one whole answer. */
    static String textOf(List<Sample> pieces) {
        StringBuilder text = new StringBuilder();
        for (int number = 0; number < pieces.size(); number++) {
            Sample piece = pieces.get(number);
            assertThat(piece.error()).isNull();
            assertThat(piece.sequence()).isEqualTo(number);
            assertThat(piece.offset()).isEqualTo(text.codePointCount(0, text.length()));
            assertThat(piece.prompt()).isEqualTo(number == 0 ? "To be" : null);
            assertThat(piece.done()).isEqualTo(number == pieces.size() - 1);
            text.append(piece.text());
        }
        return text.toString();
    }

    void ask(Prompt prompt) throws Exception {
        byte[] id = prompt.id().getBytes(StandardCharsets.UTF_8);
        command(PromptCommand.answer(prompt, new RawRecord("prompts", 1, 7, 0, id, prompt.toJson())));
    }

    /** A prompt under this id that is invalid. */
    void askInvalid(String id, String error) throws Exception {
        byte[] value = "{\"length\":-1}".getBytes(StandardCharsets.UTF_8);
        DeadLetter record = new DeadLetter(id.getBytes(StandardCharsets.UTF_8), value, error, "prompts", 1, 7);
        command(PromptCommand.refuse(id, record));
    }

    void cancel(String id) throws Exception {
        command(PromptCommand.cancel(id));
    }

    private void command(PromptCommand command) throws Exception {
        StreamRecord<PromptCommand> element = new StreamRecord<>(command);
        writer().setKeyContextElement1(element);
        writer().processElement1(element);
    }

    /**
     * Gives weights, and lets the writer take them: its next slice gives way to them, and the one behind that loads
     * them.
     */
    void give(Model model) throws Exception {
        give(chunks(model, Chunk.MAX_BYTES));
        oneSlice();
        oneSlice();
    }

    void give(List<Chunk> chunks) throws Exception {
        for (Chunk chunk : chunks) {
            writer().processElement2(new StreamRecord<>(chunk));
        }
    }

    /** Runs everything that the operator wants to do without new input. */
    void settle() throws Exception {
        boolean more = true;
        while (more) {
            more = oneSlice();
        }
    }

    /** Runs the next thing that the operator wants to do without new input, if there is one. */
    boolean oneSlice() throws Exception {
        Optional<Mail> mail = harness.getTaskMailbox().tryTake(0);
        if (mail.isPresent()) {
            mail.get().run();
        }
        return mail.isPresent();
    }

    /** Writes until some of the text is out, but not all. */
    void beginToWrite(String id) throws Exception {
        while (pieces(id).isEmpty()) {
            assertThat(oneSlice()).as("there is something to write").isTrue();
        }
        assertThat(pieces(id)).as("the text is longer than a slice").noneMatch(Sample::done);
    }

    /** Writes until some of the text is written and not out. */
    void writeAhead(String id) throws Exception {
        while (unsent(id).isEmpty()) {
            assertThat(oneSlice()).as("there is something to write").isTrue();
        }
    }

    /** What is written of a text and not out. */
    String unsent(String id) throws Exception {
        List<String> unsent = new ArrayList<>();
        KeyedStateBackend<String> states = writer().getKeyedStateBackend();
        states.applyToAllKeys(
                VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE,
                WriteOperator.ANSWERS,
                (String key, ValueState<Answer> answer) -> {
                    if (key.equals(id)) {
                        Answer copy = new AnswerSerializer().copy(answer.value());
                        unsent.add(copy.text().takeWritten());
                    }
                });
        return String.join("", unsent);
    }

    private long processingTime() {
        return harness.getProcessingTime();
    }

    void barrierComes(long number) throws Exception {
        harness.prepareSnapshotPreBarrier(number);
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
        writer().notifyCheckpointAborted(number);
    }

    /** Somebody cancels the job. */
    void cancelTask() throws Exception {
        writer().getContainingTask().cancel();
    }

    void finish() throws Exception {
        writer().finish();
    }

    List<Sample> pieces() {
        return harness.extractOutputValues();
    }

    List<Sample> pieces(String id) {
        return pieces().stream().filter(piece -> piece.id().equals(id)).toList();
    }

    List<DeadLetter> deadLetters() {
        Queue<StreamRecord<DeadLetter>> letters = harness.getSideOutput(WriteOperator.DEAD_LETTERS);
        return letters == null
                ? List.of()
                : letters.stream().map(StreamRecord::getValue).toList();
    }

    private WriteOperator writer() {
        return (WriteOperator) harness.getOperator();
    }

    @Override
    public void close() throws Exception {
        if (writer().getContainingTask().isCanceled()) {
            writer().close(); // the harness would finish it first
        } else {
            harness.close();
        }
    }
}
