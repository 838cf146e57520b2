package io.babble.job.learn;

import io.babble.job.internals.ModelSnapshot;
import io.babble.job.internals.ModelSnapshot.Role;
import io.babble.job.internals.Snapshots;
import io.babble.job.operator.Chunk;
import io.babble.job.operator.FlinkMeterRegistry;
import io.babble.job.operator.TaskMemory;
import io.babble.job.operator.Timers;
import io.babble.job.options.EngineFactory;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.job.source.Piece;
import io.babble.job.state.Ledger;
import io.babble.job.state.StreamSerializer;
import io.babble.metrics.LearnerMeters;
import io.babble.model.LearnedWindow;
import io.babble.model.Learner;
import io.babble.model.Model;
import io.babble.model.Replay;
import io.babble.model.StepResult;
import io.babble.model.backend.Backends;
import io.babble.records.DeadLetter;
import io.babble.records.PromptCommand;
import io.babble.records.Report;
import io.babble.text.Packer;
import io.babble.text.Packer.Plan;
import io.babble.text.Stream;
import io.babble.text.StreamWindow;
import io.babble.text.WindowSizes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.apache.flink.util.clock.Clock;

/**
 * Trains one model on pieces of many streams: {@link OpenStreams} has their text, {@link Packer} packs it into windows,
 * {@link StepSchedule} says when a step is due, {@link Learner} takes it, and {@link Accounting} counts.
 */
public final class LearnOperator extends AbstractStreamOperator<Report>
        implements OneInputStreamOperator<Piece, Report>, StepSchedule.Steps {
    public static final String UID = "learn";
    public static final OutputTag<Chunk> WEIGHTS = new OutputTag<>("weights", TypeInformation.of(Chunk.class));
    public static final OutputTag<PromptCommand> PROMPTS =
            new OutputTag<>("prompts", TypeInformation.of(PromptCommand.class));
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead letters", TypeInformation.of(DeadLetter.class));

    public static final ValueStateDescriptor<Stream> STREAMS =
            new ValueStateDescriptor<>("streams", new StreamSerializer());

    private final Settings settings;
    private final EngineFactory engine;
    private final MailboxExecutor mailbox;
    private final Timers timers;
    private final WeightsSender weights;

    private LearnerState state;
    private Ledger ledger;
    private Replay replay;
    private OpenStreams streams;
    private StepSchedule schedule;
    private Learner learner;
    private Trainer trainer;
    private PeriodicSamples samples;
    private Accounting accounting;
    private StreamLimits limits;

    LearnOperator(StreamOperatorParameters<Report> parameters, Settings settings, Clock clock) {
        super(parameters);
        this.settings = settings;
        engine = new EngineFactory(settings);
        mailbox = parameters.getMailboxExecutor();
        timers = new Timers(parameters.getProcessingTimeService(), clock);
        weights = new WeightsSender(mailbox, settings, chunk -> emit(WEIGHTS, chunk));
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        state = new LearnerState(context);
        ledger = state.ledger().orElseGet(Ledger::new);
        replay = state.replay().map(engine::limited).orElseGet(engine::newReplay);
        WindowSizes sizes = settings.windowSizes();
        Packer packer = new Packer(sizes.steps(), sizes.mostSteps());
        streams = new OpenStreams(
                getKeyedStateBackend(),
                context.getKeyedStateStore().getState(STREAMS),
                packer,
                settings.shape().stateLength(),
                settings.get(Options.STREAMS_MAX),
                replay::forget);
        streams.restore(STREAMS, timers.now());
        schedule = new StepSchedule(settings, packer, streams, timers, mailbox, this);
    }

    @Override
    public void open() throws Exception {
        super.open();
        LearnerState.requireOneLearner(getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks());
        learner = newLearner(state.takeModel(Role.CURRENT).orElseGet(engine::newModel));
        state.takeModel(Role.LAST_GOOD).ifPresent(learner::setLastGood);
        trainer = new Trainer(learner, replay, settings.get(Options.LEARNING));
        samples = new PeriodicSamples(settings, ledger);
        LearnerMeters meters = new LearnerMeters(new FlinkMeterRegistry(getMetricGroup()), Backends::processBytes);
        accounting = new Accounting(ledger, learner, replay, streams, meters, timers);
        limits =
                new StreamLimits(settings, streams, schedule, learner.alphabet(), timers, accounting, this::reportDead);
        weights.offer(learner, timers.now());
        schedule.start();
        schedule.every(settings.get(Options.REPORTS_EVERY).toMillis(), this::report);
        if (!settings.get(Options.DETERMINISTIC)) {
            limits.startIdleTimeout();
        }
    }

    private Learner newLearner(Model model) throws Exception {
        Configuration taskManager =
                getContainingTask().getEnvironment().getTaskManagerInfo().getConfiguration();
        return TaskMemory.use(settings, taskManager, engine::newBackend, backend -> engine.newLearner(backend, model));
    }

    @Override
    public void processElement(StreamRecord<Piece> element) throws Exception {
        schedule.pieceArrived(ledger.accepted());
        Piece piece = element.getValue();
        List<Dead> dead = streams.accept(piece, learner.alphabet(), timers.now());
        accounting.accepted(piece.text().length);
        reportDead(dead);
        limits.evict();
        schedule.textArrived(ledger.accepted());
        while (limits.isBlocked()) {
            limits.giveUpOldest();
            schedule.textArrived(ledger.accepted());
        }
    }

    /** Moves the planned symbols into a window, and takes a training step on it: here text becomes a weight change. */
    @Override
    public long learn(Plan plan) throws Exception {
        StreamWindow window = streams.take(plan, learner.alphabet());
        long begin = System.nanoTime();
        LearnedWindow learned = trainer.learn(window, schedule.hasGrown(plan));
        long nanos = System.nanoTime() - begin;
        streams.learned(window, timers.now());
        accounting.step(window, learned, nanos);
        sendToWriter();
        return nanos;
    }

    @Override
    public boolean replay(int symbols) {
        Optional<StepResult> step = trainer.replay(symbols);
        step.ifPresent(accounting::replayStep);
        step.ifPresent(result -> samples.replayed(symbols));
        return step.isPresent();
    }

    @Override
    public void sendToWriter() throws Exception {
        samples.next(learner.symbols()).ifPresent(prompt -> emit(PROMPTS, PromptCommand.answer(prompt)));
        weights.offer(learner, timers.now());
    }

    private void reportDead(List<Dead> texts) {
        for (Dead text : texts) {
            accounting.dead(text.bytes().length);
            emit(DEAD_LETTERS, text.deadLetter(settings.get(Options.TEXT_TOPIC)));
        }
        accounting.updateGauges();
    }

    private void report() throws Exception {
        weights.offer(learner, timers.now());
        accounting.report().ifPresent(report -> output.collect(new StreamRecord<>(report)));
    }

    @Override
    public OperatorSnapshotFutures snapshotState(
            long checkpointId, long timestamp, CheckpointOptions options, CheckpointStreamFactory factory)
            throws Exception {
        if (Snapshots.stopsJob(options)) {
            schedule.pause(checkpointId);
            weights.pause(checkpointId);
        }
        Model model = learner.snapshot();
        Map<Role, Model> models = Map.of(Role.CURRENT, model, Role.LAST_GOOD, learner.lastGood());
        return new ModelSnapshot(
                        models, OperatorStateHandle.Mode.SPLIT_DISTRIBUTE, factory, () -> learner.release(model))
                .addTo(
                        super.snapshotState(checkpointId, timestamp, options, factory),
                        getContainingTask().getCancelables());
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        state.update(ledger, replay);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        super.notifyCheckpointAborted(checkpointId);
        schedule.checkpointAborted(checkpointId);
        weights.checkpointAborted(checkpointId);
    }

    @Override
    public void finish() throws Exception {
        limits.giveUpAll();
        schedule.finish(getContainingTask()::isCanceled);
        report();
        weights.sendNewest(learner);
        super.finish();
    }

    @Override
    public void close() throws Exception {
        if (learner != null) {
            learner.close();
        }
        super.close();
    }

    private <T> void emit(OutputTag<T> tag, T value) {
        output.collect(tag, new StreamRecord<>(value));
    }
}
