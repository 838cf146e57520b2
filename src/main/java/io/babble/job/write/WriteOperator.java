package io.babble.job.write;

import io.babble.job.internals.ModelSnapshot;
import io.babble.job.operator.BackgroundWork;
import io.babble.job.operator.Chunk;
import io.babble.job.operator.FlinkMeterRegistry;
import io.babble.job.operator.TaskMemory;
import io.babble.job.options.EngineFactory;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.job.state.Answer;
import io.babble.job.state.AnswerSerializer;
import io.babble.job.state.ModelSerializer;
import io.babble.metrics.WriterMeters;
import io.babble.model.Model;
import io.babble.model.ModelMismatchException;
import io.babble.model.writing.Decoder;
import io.babble.model.writing.Text;
import io.babble.records.DeadLetter;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.Sample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Answers prompts with the newest weights it has. Texts in progress are written together, one symbol of each at a time, in slices
 * between the records; prompts and weights join in between two symbols.
 */
public final class WriteOperator extends AbstractStreamOperator<Sample>
        implements TwoInputStreamOperator<Prompt, Chunk, Sample> {
    public static final String UID = "write";
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead letters", TypeInformation.of(DeadLetter.class));

    public static final ValueStateDescriptor<Answer> ANSWERS =
            new ValueStateDescriptor<>("answers", new AnswerSerializer());
    /** Where savepoints of version 0.1 have the weights. */
    public static final MapStateDescriptor<String, Model> WEIGHTS_0_1 =
            new MapStateDescriptor<>("weights", StringSerializer.INSTANCE, new ModelSerializer());

    /** A barrier waits for one of them, and for longer where other threads want the writer's core. */
    private static final long SLICE_NANOS = 10_000_000;
    /** From pieces of texts to their next ones: a record for each slice would cost more than to write what is in it. */
    private static final long PIECES_NANOS = 50_000_000;

    private static final int AVERAGED_SYMBOLS = 8;
    /** Not so many that texts in progress wait for long. */
    private static final int MOST_RECORDS_BETWEEN_SLICES = 1024;

    private final Settings settings;
    private final int maxActive;
    private final int maxWaiting;
    private final BackgroundWork writing;
    private final WeightsIn weightsIn = new WeightsIn();
    /** Ids of the prompts that have no place in the batch yet, in their turns, and of those that have. */
    private final Queue<String> waiting = new ArrayDeque<>();

    private final List<String> active = new ArrayList<>();

    private ValueState<Answer> answers;
    /** The weights; empty for a job that begins, and once they are loaded. */
    private List<Model> restored = List.of();

    private Decoder decoder;
    private WriterMeters meters;
    private long nextTurn;
    private long lastPieces;
    private double nanosPerText; // of the last symbols, on average

    WriteOperator(StreamOperatorParameters<Sample> parameters, Settings settings) {
        super(parameters);
        this.settings = settings;
        maxActive = settings.get(Options.PROMPTS_MAX_ACTIVE);
        maxWaiting = settings.get(Options.PROMPTS_MAX_WAITING);
        writing =
                new BackgroundWork(parameters.getMailboxExecutor(), "write", this::write, MOST_RECORDS_BETWEEN_SLICES);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        answers = context.getKeyedStateStore().getState(ANSWERS);
        restored = restoredWeights(context);
        restoreAnswers();
    }

    private static List<Model> restoredWeights(StateInitializationContext context) throws Exception {
        List<Model> weights = ModelSnapshot.read(context);
        BroadcastState<String, Model> before = context.getOperatorStateStore().getBroadcastState(WEIGHTS_0_1);
        before.immutableEntries().forEach(entry -> weights.add(entry.getValue()));
        before.clear();
        return weights;
    }

    private void restoreAnswers() throws Exception {
        record Restored(String id, long turn) {}
        List<Restored> restored = new ArrayList<>();
        this.<String>getKeyedStateBackend()
                .applyToAllKeys(
                        VoidNamespace.INSTANCE,
                        VoidNamespaceSerializer.INSTANCE,
                        ANSWERS,
                        (String id, ValueState<Answer> answer) ->
                                restored.add(new Restored(id, answer.value().turn())));
        restored.sort(Comparator.comparingLong(Restored::turn).thenComparing(Restored::id));
        for (Restored answer : restored) {
            waiting.add(answer.id());
            nextTurn = answer.turn() + 1;
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        meters = new WriterMeters(new FlinkMeterRegistry(getMetricGroup()));
        restored.forEach(this::load);
        restored = List.of();
        writing.request();
    }

    @Override
    public void processElement1(StreamRecord<Prompt> element) throws Exception {
        writing.recordCame();
        Prompt prompt = element.getValue();
        if (answers.value() != null) {
            refuseRepeated(prompt);
        } else if (waiting.size() >= (prompt.origin() == Origin.PROMPT ? maxWaiting : 1)) {
            refuseBusy(prompt);
        } else {
            answers.update(Answer.to(prompt, nextTurn++));
            waiting.add(prompt.id());
            writing.request();
        }
    }

    /** Not an answer under the prompt's id: that would end the text that is being written under it. */
    private void refuseRepeated(Prompt prompt) {
        meters.refused();
        String error = "The prompt with the id " + prompt.id() + " is still being answered";
        byte[] id = prompt.id().getBytes(StandardCharsets.UTF_8);
        String topic = settings.get(Options.PROMPTS_TOPIC);
        output.collect(DEAD_LETTERS, new StreamRecord<>(new DeadLetter(id, prompt.toJson(), error, topic, -1, -1)));
    }

    /** A periodic one just does not happen: people's prompts never wait behind more than one of them. */
    private void refuseBusy(Prompt prompt) {
        if (prompt.origin() == Origin.PROMPT) {
            meters.refused();
            String error = "Busy: " + maxWaiting + " prompts are waiting; ask again later";
            output.collect(new StreamRecord<>(Sample.refusal(prompt.id(), error, version(), now())));
        }
    }

    @Override
    public void processElement2(StreamRecord<Chunk> element) throws Exception {
        writing.recordCame();
        if (weightsIn.add(element.getValue())) {
            writing.request();
        }
    }

    private boolean loadNewest() throws IOException {
        Optional<Model> newest = weightsIn.take();
        if (newest.isPresent()) {
            sendPieces();
            load(newest.get());
        }
        return newest.isPresent();
    }

    private void load(Model model) {
        try {
            if (decoder == null) {
                decoder = newDecoder(model);
            } else {
                decoder.load(model);
            }
        } catch (ModelMismatchException e) {
            throw new SuppressRestartsException(e);
        }
    }

    private Decoder newDecoder(Model model) {
        Configuration taskManager =
                getContainingTask().getEnvironment().getTaskManagerInfo().getConfiguration();
        return TaskMemory.use(
                settings, taskManager, new EngineFactory(settings)::newWriterBackend, backend -> new EngineFactory(
                                settings)
                        .newDecoder(backend, model));
    }

    /** One slice: new weights, or else a symbol of every text in its turn, and more of them as its time allows. */
    private void write() throws Exception {
        if (loadNewest()) {
            writing.request();
            return;
        }
        while (active.size() < maxActive && !waiting.isEmpty()) {
            active.add(waiting.remove());
        }
        meters.standing(active.size(), waiting.size(), version());
        if (decoder == null || active.isEmpty()) {
            return;
        }
        List<String> turn = List.copyOf(active.subList(0, textsInASlice()));
        Collections.rotate(active, -turn.size());
        Map<String, Answer> batch = batchOf(turn);
        List<Text> texts = batch.values().stream().map(Answer::text).toList();
        // The learner waits while its weights do not get through.
        long slice = weightsIn.isPartial() ? 0 : SLICE_NANOS;
        long begin = System.nanoTime();
        long end = begin;
        long symbol;
        do {
            decoder.advance(texts);
            long now = System.nanoTime();
            symbol = now - end;
            meters.symbol(symbol);
            nanosPerText += ((double) symbol / texts.size() - nanosPerText) / AVERAGED_SYMBOLS;
            end = now;
        } while (end + symbol - begin <= slice && !texts.stream().allMatch(Text::isDone));
        for (Map.Entry<String, Answer> answer : batch.entrySet()) {
            if (answer.getValue().text().isDone()) {
                sendPiece(answer.getKey(), answer.getValue());
            }
            keep(answer.getKey(), answer.getValue());
        }
        if (end - lastPieces >= PIECES_NANOS) {
            sendPieces();
            lastPieces = end;
        }
        writing.request();
    }

    /** All in progress, or that part of them that should get their next symbol before a slice ends. */
    private int textsInASlice() {
        int texts = active.size();
        while (texts > 1 && texts * nanosPerText > SLICE_NANOS) {
            texts = (texts + 1) / 2;
        }
        return texts;
    }

    private Map<String, Answer> batchOf(List<String> ids) throws IOException {
        Map<String, Answer> batch = new LinkedHashMap<>();
        for (String id : ids) {
            setCurrentKey(id);
            batch.put(id, answers.value());
        }
        return batch;
    }

    /** All that is written and not out yet. A piece says which weights wrote it, so none is of two sets. */
    private void sendPieces() throws IOException {
        if (decoder == null) {
            return;
        }
        for (Map.Entry<String, Answer> answer : batchOf(List.copyOf(active)).entrySet()) {
            sendPiece(answer.getKey(), answer.getValue());
            keep(answer.getKey(), answer.getValue());
        }
    }

    private void sendPiece(String id, Answer answer) {
        Sample piece = answer.nextPiece(id, version(), decoder.model().loss().average(), now());
        if (piece != null) {
            meters.wrote(piece.text().codePointCount(0, piece.text().length()), piece.done());
            output.collect(new StreamRecord<>(piece));
        }
    }

    private void keep(String id, Answer answer) throws IOException {
        setCurrentKey(id);
        if (answer.text().isDone()) {
            answers.clear();
            active.remove(id);
        } else {
            answers.update(answer);
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        sendPieces();
    }

    @Override
    public OperatorSnapshotFutures snapshotState(
            long checkpointId, long timestamp, CheckpointOptions options, CheckpointStreamFactory factory)
            throws Exception {
        if (BackgroundWork.endsWith(options)) {
            writing.pause(checkpointId);
        }
        OperatorSnapshotFutures snapshot = super.snapshotState(checkpointId, timestamp, options, factory);
        return decoder == null
                ? snapshot
                : new ModelSnapshot(List.of(decoder.model()), OperatorStateHandle.Mode.BROADCAST, factory)
                        .addTo(snapshot, getContainingTask().getCancelables());
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        super.notifyCheckpointAborted(checkpointId);
        writing.aborted(checkpointId);
    }

    @Override
    public void finish() throws Exception {
        loadNewest();
        while (decoder != null && !(active.isEmpty() && waiting.isEmpty())) {
            write();
        }
        super.finish();
    }

    @Override
    public void close() throws Exception {
        if (decoder != null) {
            decoder.close();
        }
        super.close();
    }

    private long version() {
        return decoder == null ? 0 : decoder.model().version();
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }
}
