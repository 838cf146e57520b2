package io.babble.job.learn;

import io.babble.job.internals.ModelSnapshot;
import io.babble.job.operator.BackgroundWork;
import io.babble.job.operator.Chunk;
import io.babble.job.operator.FlinkMeterRegistry;
import io.babble.job.operator.TaskMemory;
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
import io.babble.records.Prompt;
import io.babble.records.Report;
import io.babble.text.Packer;
import io.babble.text.Packer.Plan;
import io.babble.text.Stream;
import io.babble.text.WindowSizes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Learns from pieces of many streams, with one model: takes text in, packs it into windows, takes training steps between the
 * pieces, and reports.
 */
public final class LearnOperator extends AbstractStreamOperator<Report>
        implements OneInputStreamOperator<Piece, Report> {
    public static final String UID = "learn";
    public static final OutputTag<Chunk> WEIGHTS = new OutputTag<>("weights", TypeInformation.of(Chunk.class));
    public static final OutputTag<Prompt> PROMPTS = new OutputTag<>("prompts", TypeInformation.of(Prompt.class));
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead letters", TypeInformation.of(DeadLetter.class));

    public static final ValueStateDescriptor<Stream> STREAMS =
            new ValueStateDescriptor<>("streams", new StreamSerializer());
    private static final int MOST_PIECES_BETWEEN_STEPS = 256;

    private final Settings settings;
    private final boolean deterministic;
    private final WindowSizes sizes;
    private final long linger;
    private final Pacing pacing;
    private final BackgroundWork learning;
    private final IdleReplay idleReplay;
    private final WeightsOut weights;

    private LearnerState state;
    private Learner learner;
    private Ledger ledger;
    private Replay replay;
    private Packer packer;
    private OpenStreams streams;
    private Interval interval;
    private LearnerMeters meters;
    private boolean lingerTimerSet;
    private boolean waitingForMore;
    private long goneOver; // symbols of each walker while nothing came

    LearnOperator(StreamOperatorParameters<Report> parameters, Settings settings) {
        super(parameters);
        this.settings = settings;
        deterministic = settings.get(Options.DETERMINISTIC);
        sizes = settings.windowSizes();
        linger = settings.get(Options.LINGER).toMillis();
        pacing = new Pacing(sizes.lanes(), sizes.steps());
        learning = new BackgroundWork(
                parameters.getMailboxExecutor(), "learn", this::learnInBackground, MOST_PIECES_BETWEEN_STEPS);
        idleReplay = new IdleReplay(parameters.getProcessingTimeService(), this::replayIfIdle, this::tellNews);
        weights = new WeightsOut(
                parameters.getMailboxExecutor(),
                settings.get(Options.MODEL_EVERY).toMillis(),
                chunk -> emit(WEIGHTS, chunk));
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        state = new LearnerState(context);
        ledger = state.ledger().orElseGet(Ledger::new);
        replay = state.replay()
                .map(new EngineFactory(settings)::limited)
                .orElseGet(new EngineFactory(settings)::newReplay);
        packer = new Packer(sizes.steps(), sizes.mostSteps());
        streams = new OpenStreams(
                getKeyedStateBackend(),
                context.getKeyedStateStore().getState(STREAMS),
                packer,
                settings.shape().stateLength());
        streams.restore(STREAMS, now());
    }

    @Override
    public void open() throws Exception {
        super.open();
        List<Model> restored = state.takeModels();
        learner = newLearner(restored.isEmpty() ? new EngineFactory(settings).newModel() : restored.get(0));
        restored.stream().skip(1).forEach(learner::keep);
        meters = new LearnerMeters(new FlinkMeterRegistry(getMetricGroup()), Backends::processBytes);
        interval = new Interval(now());
        weights.offer(learner, now());
        learning.request();
        every(settings.get(Options.REPORTS_EVERY).toMillis(), this::report);
        if (!deterministic) {
            long idleTimeout = settings.get(Options.STREAMS_IDLE_TIMEOUT).toMillis();
            every(Math.max(1, idleTimeout / 10), () -> endIdleStreams(idleTimeout));
        }
    }

    private Learner newLearner(Model model) throws Exception {
        Configuration taskManager =
                getContainingTask().getEnvironment().getTaskManagerInfo().getConfiguration();
        return TaskMemory.use(
                settings, taskManager, new EngineFactory(settings)::newBackend, backend -> new EngineFactory(settings)
                        .newLearner(backend, model));
    }

    @Override
    public void processElement(StreamRecord<Piece> element) throws Exception {
        learning.recordCame();
        Piece piece = element.getValue();
        byte[] dead = streams.accept(piece, learner.alphabet(), now());
        count(piece.text().length, dead.length);
        if (dead.length > 0) {
            emit(
                    DEAD_LETTERS,
                    piece.deadLetter(
                            dead,
                            dead.length + " bytes of this record, or of a character that it leaves"
                                    + " unfinished, are not UTF-8"));
        }
        while (streams.open() > settings.get(Options.STREAMS_MAX)) {
            endLeastRecentlyUsed();
        }
        while (full() || (deterministic && packer.ready() >= sizes.lanes())) {
            learn(packer.nextReady(size()).or(() -> packer.nextWaiting(size())).orElseThrow());
        }
        if (!deterministic) {
            requestLearning();
        }
    }

    /** Text waits in the state, so that it does not wait ahead of a barrier; but only so much. */
    private boolean full() {
        boolean learnable = packer.waitingSince().isPresent();
        return learnable
                && (streams.pendingBytes() >= settings.get(Options.PENDING_MAX)
                        || streams.known() > 2 * settings.get(Options.STREAMS_MAX));
    }

    private void requestLearning() {
        if (due().isPresent()) {
            if (!waitingForMore) {
                learning.request();
            }
            return;
        }
        if (packer.waitingSince().isPresent() && !lingerTimerSet) {
            lingerTimerSet = true;
            at(packer.waitingSince().getAsLong() + linger, () -> {
                lingerTimerSet = false;
                requestLearning();
            });
        }
        replayWhenIdle();
    }

    private Optional<Plan> due() {
        boolean overdue =
                packer.waitingSince().isPresent() && packer.waitingSince().getAsLong() + linger <= now();
        return overdue ? packer.nextWaiting(size()) : packer.nextReady(size());
    }

    private WindowSizes.Size size() {
        return sizes.at(streams.pendingBytes(), packer.ready());
    }

    private void learnInBackground() throws Exception {
        Optional<Plan> plan = due();
        if (deterministic) {
            return;
        }
        if (plan.isEmpty()) {
            replayWhenIdle();
            return;
        }
        if (pacing.waits(ledger.accepted(), packer.ready())) {
            waitForMore();
        } else {
            learn(plan.get());
            requestLearning();
        }
    }

    private void waitForMore() {
        waitingForMore = true;
        at(now() + pacing.beginWait(ledger.accepted()), () -> {
            waitingForMore = false;
            requestLearning();
        });
    }

    private void learn(Plan plan) throws Exception {
        OpenStreams.Lanes taken = streams.take(plan, learner.alphabet());
        long begin = System.nanoTime();
        LearnedWindow learned = keepsUp(plan)
                ? learner.learn(taken.window(), taken.states(), replay)
                : learner.learn(taken.window(), taken.states());
        long nanos = System.nanoTime() - begin;
        pacing.stepped(nanos);
        long now = now();
        streams.learned(taken, now);
        boolean clipped = learned.step().clipped();
        boolean skipped = learned.step().skipped();
        ledger.step(learned.content(), clipped, skipped);
        replay.learned(taken.names(), taken.window());
        double lag = now - taken.oldestTimestamp();
        interval.add(taken.window(), learned, nanos, lag);
        meters.learned(learned.content().bytes(), learned.content().unknown());
        meters.step(nanos, plan.streams().size(), learned.learningRate(), clipped, skipped);
        meters.standing(
                learner.version(),
                learner.loss().average(),
                learner.loss().drifts(),
                learner.loss().returns(),
                lag,
                streams.open(),
                streams.pendingBytes());
        tellNews();
    }

    /** Where text piles up and windows grow, the time for what was learned before is worth more to what was not. */
    private boolean keepsUp(Plan plan) {
        return plan.streams().size() <= sizes.lanes() && plan.steps() <= sizes.steps();
    }

    private void replayWhenIdle() {
        if (settings.get(Options.REPLAY_IDLE)) {
            idleReplay.request();
        }
    }

    private boolean replayIfIdle() {
        if (learning.isPaused() || due().isPresent()) {
            return false;
        }
        Optional<StepResult> step = learner.replay(replay, sizes.steps());
        step.ifPresent(done -> {
            ledger.replay(done.clipped(), done.skipped());
            interval.addReplayed(done);
            goneOver += sizes.steps();
        });
        return step.isPresent();
    }

    /** To the writer: now and then a prompt, and newer weights. */
    private void tellNews() throws Exception {
        promptPeriodically();
        weights.offer(learner, now());
    }

    private void promptPeriodically() {
        long every = settings.get(Options.SAMPLES_EVERY);
        if (every > 0 && ledger.sampleDue(learner.symbols() + goneOver, every)) {
            emit(
                    PROMPTS,
                    Prompt.periodic(
                            "periodic-" + learner.version(),
                            settings.get(Options.SAMPLES_LENGTH),
                            settings.get(Options.SAMPLES_TEMPERATURE),
                            learner.version()));
        }
    }

    private void endLeastRecentlyUsed() throws Exception {
        end(streams.leastRecentlyUsed().orElseThrow().getKey());
    }

    private void endIdleStreams(long timeout) throws Exception {
        Optional<Map.Entry<String, Long>> oldest = streams.leastRecentlyUsed();
        while (oldest.isPresent() && oldest.get().getValue() + timeout <= now()) {
            end(oldest.get().getKey());
            oldest = streams.leastRecentlyUsed();
        }
        requestLearning();
    }

    private void end(String stream) throws Exception {
        byte[] dead = streams.end(stream, now());
        if (dead.length > 0) {
            count(0, dead.length);
            String error = "The stream ended within a character";
            emit(DEAD_LETTERS, new DeadLetter(null, dead, error, settings.get(Options.TEXT_TOPIC), -1, -1));
        }
    }

    private void count(int accepted, int dead) {
        ledger.accept(accepted, dead);
        meters.accepted(accepted, dead);
    }

    private void report() throws Exception {
        weights.offer(learner, now());
        if (interval.isEmpty()) {
            return;
        }
        long now = now();
        output.collect(new StreamRecord<>(interval.report(ledger, learner, replay, streams, now)));
        interval = new Interval(now);
    }

    @Override
    public OperatorSnapshotFutures snapshotState(
            long checkpointId, long timestamp, CheckpointOptions options, CheckpointStreamFactory factory)
            throws Exception {
        if (BackgroundWork.endsWith(options)) {
            learning.pause(checkpointId);
            weights.pause(checkpointId);
        }
        Model model = learner.snapshot();
        List<Model> models = List.of(model, learner.good());
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
        learning.aborted(checkpointId);
        weights.aborted(checkpointId);
    }

    @Override
    public void finish() throws Exception {
        for (Optional<Plan> rest = packer.nextWaiting(size()); rest.isPresent(); rest = packer.nextWaiting(size())) {
            learn(rest.get());
        }
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

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    /** Runs {@code action} again and again, {@code millis} apart. */
    private void every(long millis, ThrowingRunnable<Exception> action) {
        at(now() + millis, () -> {
            if (!learning.isPaused()) {
                action.run();
            }
            every(millis, action);
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Flink fails the task where an action throws
    private void at(long time, ThrowingRunnable<Exception> action) {
        getProcessingTimeService().registerTimer(time, ignored -> action.run());
    }
}
