package io.babble.job.learn;

import io.babble.job.state.Ledger;
import io.babble.model.LearnedWindow;
import io.babble.model.Learner;
import io.babble.model.Replay;
import io.babble.model.StepResult;
import io.babble.records.Report;
import io.babble.text.Window;

/** What was learned since the last report, fresh or again, and the next one that follows from it. */
final class Interval {
    private final long begin;
    private double bits;
    private long bytes;
    private long measuredBytes;
    private long measuredCharacters;
    private long steps;
    private long nanos;
    private double lagMillis = Double.NaN;
    private LearnedWindow newest;
    private Window newestWindow;
    private StepResult newestStep;

    /** @param begin now, ms */
    Interval(long begin) {
        this.begin = begin;
    }

    /** @param stepLagMillis from the oldest record's Kafka timestamp to the end of the step */
    void add(Window window, LearnedWindow learned, long stepNanos, double stepLagMillis) {
        if (!learned.step().skipped()) {
            bits += learned.textBits();
            bytes += learned.content().bytes();
            measuredBytes += learned.content().measuredBytes();
            measuredCharacters += learned.content().measuredCharacters();
        }
        steps++;
        nanos += stepNanos;
        lagMillis = stepLagMillis;
        newest = learned;
        newestWindow = window;
        newestStep = learned.step();
    }

    void addReplayed(StepResult step) {
        newestStep = step;
    }

    boolean isEmpty() {
        return newestStep == null;
    }

    /** What to report at its end; takes a number of the ledger. */
    Report report(Ledger ledger, Learner learner, Replay replay, OpenStreams streams, long now) {
        return new Report(
                ledger.nextReport(),
                learner.version(),
                learner.symbols(),
                bits / measuredBytes,
                learner.loss().average(),
                bits / measuredCharacters,
                newestStep.gradientNorm(),
                ledger.clipped(),
                ledger.skipped(),
                replay.replayed(),
                learner.loss().drifts(),
                learner.loss().returns(),
                newest == null ? Double.NaN : newest.learningRate(),
                newestWindow == null ? 0 : newestWindow.lanes(),
                newestWindow == null ? 0 : newestWindow.steps(),
                streams.open(),
                ledger.accepted(),
                streams.pendingBytes(),
                ledger.dead(),
                ledger.endOfTexts(),
                ledger.unknown(),
                nanos / 1e6 / steps,
                bytes * 1e3 / (now - begin),
                lagMillis,
                now);
    }
}
