package io.babble.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The learner's metrics. Written by one thread, read by any. */
public final class LearnerMeters {
    /** Counter, bytes: text that was a target of a training step. */
    public static final String SYMBOLS = "babble.learner.symbols";
    /** Counter, bytes: text that came in. */
    public static final String ACCEPTED = "babble.learner.accepted";
    /** Counter, bytes: accepted text that is not UTF-8. */
    public static final String DEAD = "babble.learner.dead";
    /** Counter: records in the middle of which others follow, as their rest did not come before the state was full. */
    public static final String SPLIT = "babble.learner.split";
    /** Counter: learned characters that the alphabet had no room for. */
    public static final String UNKNOWN = "babble.learner.unknown";
    /** Timer: training steps on fresh text. */
    public static final String STEP = "babble.learner.step";
    /** Counter: training steps skipped because loss or gradient were not finite. */
    public static final String SKIPPED = "babble.learner.skipped";
    /** Counter: training steps whose gradient was clipped. */
    public static final String CLIPPED = "babble.learner.clipped";
    /** Gauge: training steps since the model began. */
    public static final String VERSION = "babble.learner.version";
    /** Gauge, bits per byte: prequential loss, moving average over about the last 100 000 bytes. */
    public static final String LOSS = "babble.learner.loss";
    /** Gauge: drifts of the text detected since the model began. */
    public static final String DRIFTS = "babble.learner.drifts";
    /** Gauge: how often since the model began it was broken and its last good weights were restored. */
    public static final String ROLLBACKS = "babble.learner.rollbacks";
    /** Gauge, ms: from a record's Kafka timestamp to the training step that learned it. */
    public static final String LAG = "babble.learner.lag";
    /** Gauge: open streams. */
    public static final String STREAMS = "babble.learner.streams";
    /** Gauge, bytes: accepted text that is not learned yet. */
    public static final String PENDING = "babble.learner.pending";
    /** Gauge: lanes of fresh text in the last training step. */
    public static final String LANES = "babble.learner.lanes";
    /** Gauge: learning rate of the last training step. */
    public static final String LEARNING_RATE = "babble.learner.learning.rate";
    /** Gauge, bytes: memory of the learner's process, heap included, as JavaCPP counts it against its limit. */
    public static final String PROCESS_MEMORY = "babble.learner.process.memory";

    private final Counter symbols;
    private final Counter accepted;
    private final Counter dead;
    private final Counter split;
    private final Counter unknown;
    private final Timer step;
    private final Counter skipped;
    private final Counter clipped;
    private volatile long version;
    private volatile double loss = Double.NaN;
    private volatile long drifts;
    private volatile long rollbacks;
    private volatile double lagMillis;
    private volatile int streams;
    private volatile long pending;
    private volatile int lanes;
    private volatile double learningRate;

    /**
     * Registers all of them.
     *
     * @param processBytes read for {@link #PROCESS_MEMORY}
     */
    public LearnerMeters(MeterRegistry registry, LongSupplier processBytes) {
        symbols = registry.counter(SYMBOLS);
        accepted = registry.counter(ACCEPTED);
        dead = registry.counter(DEAD);
        split = registry.counter(SPLIT);
        unknown = registry.counter(UNKNOWN);
        step = registry.timer(STEP);
        skipped = registry.counter(SKIPPED);
        clipped = registry.counter(CLIPPED);
        Gauge.builder(VERSION, this, meters -> meters.version).register(registry);
        Gauge.builder(LOSS, this, meters -> meters.loss).register(registry);
        Gauge.builder(DRIFTS, this, meters -> meters.drifts).register(registry);
        Gauge.builder(ROLLBACKS, this, meters -> meters.rollbacks).register(registry);
        Gauge.builder(LAG, this, meters -> meters.lagMillis).register(registry);
        Gauge.builder(STREAMS, this, meters -> meters.streams).register(registry);
        Gauge.builder(PENDING, this, meters -> meters.pending).register(registry);
        Gauge.builder(LANES, this, meters -> meters.lanes).register(registry);
        Gauge.builder(LEARNING_RATE, this, meters -> meters.learningRate).register(registry);
        Gauge.builder(PROCESS_MEMORY, processBytes::getAsLong).register(registry);
    }

    public void addAccepted(int bytes) {
        accepted.increment(bytes);
    }

    public void addDead(int bytes) {
        dead.increment(bytes);
    }

    public void addSplit() {
        split.increment();
    }

    public void addSymbols(int bytes) {
        symbols.increment(bytes);
    }

    public void addUnknown(int characters) {
        unknown.increment(characters);
    }

    public void addStep(long nanos) {
        step.record(nanos, TimeUnit.NANOSECONDS);
    }

    public void addSkipped() {
        skipped.increment();
    }

    public void addClipped() {
        clipped.increment();
    }

    public void setVersion(long version) {
        this.version = version;
    }

    public void setLoss(double bitsPerByte) {
        loss = bitsPerByte;
    }

    public void setDrifts(long drifts) {
        this.drifts = drifts;
    }

    public void setRollbacks(long rollbacks) {
        this.rollbacks = rollbacks;
    }

    public void setLagMillis(double millis) {
        lagMillis = millis;
    }

    public void setStreams(int streams) {
        this.streams = streams;
    }

    public void setPending(long bytes) {
        pending = bytes;
    }

    public void setLanes(int lanes) {
        this.lanes = lanes;
    }

    public void setLearningRate(double rate) {
        learningRate = rate;
    }
}
