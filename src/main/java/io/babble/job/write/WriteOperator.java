package io.babble.job.write;

import io.babble.job.internals.ModelSnapshot;
import io.babble.job.internals.ModelSnapshot.Role;
import io.babble.job.internals.Snapshots;
import io.babble.job.operator.BackgroundWork;
import io.babble.job.operator.Chunk;
import io.babble.job.operator.FlinkMeterRegistry;
import io.babble.job.operator.Timers;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.job.state.Answer;
import io.babble.job.state.AnswerSerializer;
import io.babble.metrics.WriterMeters;
import io.babble.model.Model;
import io.babble.model.writing.Text;
import io.babble.records.DeadLetter;
import io.babble.records.PromptCommand;
import io.babble.records.Sample;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.execution.CancelTaskException;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.apache.flink.util.clock.Clock;

/**
 * Answers prompts with the newest weights it has. {@link Answers} has the texts; those in progress are written
 * together, one symbol of each at a time, in slices between the records. Prompts and weights take effect between two
 * symbols.
 */
public final class WriteOperator extends AbstractStreamOperator<Sample>
        implements TwoInputStreamOperator<PromptCommand, Chunk, Sample> {
    public static final String UID = "write";
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead letters", TypeInformation.of(DeadLetter.class));

    public static final ValueStateDescriptor<Answer> ANSWERS =
            new ValueStateDescriptor<>("answers", new AnswerSerializer());
    /** Between two pieces of a text: a record for each slice would cost more than writing what is in it. */
    private static final long PIECES_NANOS = 50_000_000;
    /** Not so many that texts in progress wait for long. */
    private static final int MAX_RECORDS_BETWEEN_SLICES = 1024;

    private final Settings settings;
    private final Timers timers;
    private final BackgroundWork writing;
    private final SliceBudget budget = new SliceBudget();
    private final WeightsReceiver received = new WeightsReceiver();

    private Answers answers;
    /** Restored weights; empty for a job without restored state, and once they are loaded. */
    private Optional<Model> restored = Optional.empty();

    private WriterModel model;
    private WriterMeters meters;
    private SampleSender samples;
    private PromptCommands commands;
    private long lastPieces;

    WriteOperator(StreamOperatorParameters<Sample> parameters, Settings settings, Clock clock) {
        super(parameters);
        this.settings = settings;
        timers = new Timers(parameters.getProcessingTimeService(), clock);
        writing = new BackgroundWork(parameters.getMailboxExecutor(), "write", this::write, MAX_RECORDS_BETWEEN_SLICES);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        answers = new Answers(
                getKeyedStateBackend(),
                context.getKeyedStateStore().getState(ANSWERS),
                settings.get(Options.PROMPTS_MAX_ACTIVE),
                settings.get(Options.PROMPTS_MAX_WAITING));
        answers.restore(ANSWERS);
        restored = WriterModel.restored(context);
    }

    @Override
    public void open() throws Exception {
        super.open();
        meters = new WriterMeters(new FlinkMeterRegistry(getMetricGroup()));
        model = new WriterModel(
                settings,
                getContainingTask().getEnvironment().getTaskManagerInfo().getConfiguration());
        samples = new SampleSender(model, meters, timers, piece -> output.collect(new StreamRecord<>(piece)));
        commands = new PromptCommands(
                answers, samples, meters, letter -> output.collect(DEAD_LETTERS, new StreamRecord<>(letter)));
        restored.ifPresent(model::load);
        restored = Optional.empty();
        writing.request();
    }

    @Override
    public void processElement1(StreamRecord<PromptCommand> element) throws Exception {
        writing.recordArrived();
        commands.execute(element.getValue());
        writing.request();
    }

    @Override
    public void processElement2(StreamRecord<Chunk> element) throws Exception {
        writing.recordArrived();
        if (received.add(element.getValue())) {
            writing.request();
        }
    }

    private boolean loadNewest() throws IOException {
        Optional<Model> newest = received.take();
        if (newest.isPresent()) {
            sendPieces();
            model.load(newest.get());
        }
        return newest.isPresent();
    }

    /** One slice: new weights, or else a symbol of every text whose turn it is, and more of them as its time allows. */
    private void write() throws Exception {
        if (loadNewest()) {
            writing.request();
            return;
        }
        answers.activate();
        meters.setActive(answers.active());
        meters.setWaiting(answers.waiting());
        meters.setVersion(model.version());
        if (!model.isLoaded() || answers.active() == 0) {
            return;
        }
        Map<String, Answer> batch = answers.nextActive(budget.texts(answers.active()));
        decode(batch.values().stream().map(Answer::text).toList());
        for (Map.Entry<String, Answer> answer : batch.entrySet()) {
            if (answer.getValue().text().isDone()) {
                samples.sendNext(answer.getKey(), answer.getValue());
            }
            answers.store(answer.getKey(), answer.getValue());
        }
        if (budget.end() - lastPieces >= PIECES_NANOS) {
            sendPieces();
            lastPieces = budget.end();
        }
        writing.request();
    }

    private void decode(List<Text> texts) {
        // While a set of weights is arriving, one symbol: the learner waits for it to get through.
        boolean one = received.isPartial();
        budget.begin();
        do {
            model.advance(texts);
            meters.addSymbol(budget.symbolWritten(texts.size()));
        } while (!one && budget.hasTime() && !texts.stream().allMatch(Text::isDone));
    }

    /** Sends everything that is written. A piece says which weights wrote it, so none is of two sets. */
    private void sendPieces() throws IOException {
        if (!model.isLoaded()) {
            return;
        }
        for (Map.Entry<String, Answer> answer : answers.allActive().entrySet()) {
            samples.sendNext(answer.getKey(), answer.getValue());
            answers.store(answer.getKey(), answer.getValue());
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
        if (Snapshots.stopsJob(options)) {
            writing.pause(checkpointId);
        }
        OperatorSnapshotFutures snapshot = super.snapshotState(checkpointId, timestamp, options, factory);
        return model.isLoaded()
                ? new ModelSnapshot(
                                Map.of(Role.CURRENT, model.model().get()), OperatorStateHandle.Mode.BROADCAST, factory)
                        .addTo(snapshot, getContainingTask().getCancelables())
                : snapshot;
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        super.notifyCheckpointAborted(checkpointId);
        writing.checkpointAborted(checkpointId);
    }

    @Override
    public void finish() throws Exception {
        loadNewest();
        while (model.isLoaded() && answers.active() + answers.waiting() > 0) {
            if (getContainingTask().isCanceled()) {
                throw new CancelTaskException("Cancelled before all texts were written");
            }
            write();
        }
        super.finish();
    }

    @Override
    public void close() throws Exception {
        if (model != null) {
            model.close();
        }
        super.close();
    }
}
