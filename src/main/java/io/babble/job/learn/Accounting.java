package io.babble.job.learn;

import io.babble.job.operator.Timers;
import io.babble.job.state.Ledger;
import io.babble.metrics.LearnerMeters;
import io.babble.model.LearnedWindow;
import io.babble.model.Learner;
import io.babble.model.Replay;
import io.babble.model.Score;
import io.babble.model.StepResult;
import io.babble.records.Report;
import io.babble.text.StreamWindow;
import java.util.Optional;

/** Counts what is learned: in the totals that are part of the state, in the next report, and in the metrics. */
final class Accounting {
    private final Ledger ledger;
    private final Learner learner;
    private final Replay replay;
    private final OpenStreams streams;
    private final LearnerMeters meters;
    private final Timers timers;

    // Since the last report.
    private long intervalBegin;
    private Score score = new Score();
    private long nanos;
    private double lagMillis = Double.NaN;
    private LearnedWindow newest;
    private StreamWindow newestWindow;
    private StepResult newestStep;

    Accounting(
            Ledger ledger, Learner learner, Replay replay, OpenStreams streams, LearnerMeters meters, Timers timers) {
        this.ledger = ledger;
        this.learner = learner;
        this.replay = replay;
        this.streams = streams;
        this.meters = meters;
        this.timers = timers;
        intervalBegin = timers.now();
    }

    /** A piece of text was accepted. */
    void accepted(int bytes) {
        ledger.addAccepted(bytes);
        meters.addAccepted(bytes);
    }

    /** Accepted bytes turned out not to be UTF-8. */
    void dead(int bytes) {
        ledger.addDead(bytes);
        meters.addDead(bytes);
    }

    /** A record's rest was not waited for. */
    void recordSplit() {
        meters.addSplit();
    }

    /**
     * A training step on fresh text.
     *
     * @param stepNanos its time
     */
    void step(StreamWindow window, LearnedWindow learned, long stepNanos) {
        ledger.addContent(learned.content());
        score.add(learned);
        nanos += stepNanos;
        lagMillis = Math.max(0, timers.wallTime() - window.oldestTimestamp()); // clocks differ, and are set
        newest = learned;
        newestWindow = window;
        meters.addSymbols(learned.content().bytes());
        meters.addUnknown(learned.content().unknown());
        meters.addStep(stepNanos);
        meters.setLanes(window.window().lanes());
        meters.setLearningRate(learned.learningRate());
        meters.setLagMillis(lagMillis);
        result(learned.step());
    }

    /** A training step on replayed text only: just what became of it counts. */
    void replayStep(StepResult step) {
        result(step);
    }

    private void result(StepResult step) {
        newestStep = step;
        if (step.clipped()) {
            ledger.addClipped();
            meters.addClipped();
        }
        if (step.skipped()) {
            ledger.addSkipped();
            meters.addSkipped();
        }
        updateGauges();
    }

    /** Updates the metrics of the model and of the streams. */
    void updateGauges() {
        meters.setVersion(learner.version());
        meters.setLoss(learner.loss().average());
        meters.setDrifts(learner.loss().drifts());
        meters.setRollbacks(learner.loss().rollbacks());
        meters.setStreams(streams.open());
        meters.setPending(streams.pendingBytes());
    }

    /** The report on the time since the last one; empty if no step was taken. */
    Optional<Report> report() {
        if (newestStep == null) {
            return Optional.empty();
        }
        Report report = Report.builder()
                .number(ledger.nextReport())
                .step(learner.version())
                .symbols(learner.symbols())
                .bitsPerByte(score.bitsPerByte())
                .bitsPerByteAverage(learner.loss().average())
                .bitsPerCharacter(score.bitsPerCharacter())
                .gradientNorm(newestStep.gradientNorm())
                .clipped(ledger.clipped())
                .skipped(ledger.skipped())
                .replayed(replay.replayed())
                .drifts(learner.loss().drifts())
                .rollbacks(learner.loss().rollbacks())
                .learningRate(newest == null ? Double.NaN : newest.learningRate())
                .lanes(newest == null ? 0 : newestWindow.window().lanes())
                .windowSteps(newest == null ? 0 : newestWindow.window().steps())
                .streams(streams.open())
                .accepted(ledger.accepted())
                .pending(streams.pendingBytes())
                .dead(ledger.dead())
                .endOfTexts(ledger.endOfTexts())
                .unknown(ledger.unknown())
                .stepMillis(nanos / 1e6 / score.steps())
                .symbolsPerSecond(score.symbols() * 1e3 / (timers.now() - intervalBegin))
                .lagMillis(lagMillis)
                .at(timers.wallTime())
                .build();
        beginInterval();
        return Optional.of(report);
    }

    private void beginInterval() {
        intervalBegin = timers.now();
        score = new Score();
        nanos = 0;
        lagMillis = Double.NaN;
        newest = null;
        newestWindow = null;
        newestStep = null;
    }
}
