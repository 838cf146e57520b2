package io.babble.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What the learner measures of itself. Written by one thread, read by any. */
public final class LearnerMeters {
    /** Counter, bytes: text that was a target of a training step. */
    public static final String SYMBOLS = "babble.learner.symbols";
    /** Counter, bytes: text that came in. */
    public static final String ACCEPTED = "babble.learner.accepted";
    /** Counter, bytes: what came in and is not UTF-8. */
    public static final String DEAD = "babble.learner.dead";
    /** Counter: characters among the text learned that the alphabet had no place for. */
    public static final String UNKNOWN = "babble.learner.unknown";
    /** Timer: training steps. */
    public static final String STEP = "babble.learner.step";
    /** Counter: training steps left out because loss or gradient were not finite. */
    public static final String SKIPPED = "babble.learner.skipped";
    /** Counter: training steps whose gradient was clipped. */
    public static final String CLIPPED = "babble.learner.clipped";
    /** Gauge: training steps since the model's beginning. */
    public static final String VERSION = "babble.learner.version";
    /** Gauge, bits per byte: prequential loss, average over about the last 100 000 bytes. */
    public static final String LOSS = "babble.learner.loss";
    /** Gauge: how often the text has become another one since the model's beginning, as the loss shows. */
    public static final String DRIFTS = "babble.learner.drifts";
    /** Gauge: how often the model was found broken since its beginning, and its weights of before were taken again. */
    public static final String RETURNS = "babble.learner.returns";
    /** Gauge, ms: from a record's Kafka timestamp to its learning. */
    public static final String LAG = "babble.learner.lag";
    /** Gauge: streams open now. */
    public static final String STREAMS = "babble.learner.streams";
    /** Gauge, bytes: text that came in and is not learned yet. */
    public static final String PENDING = "babble.learner.pending";
    /** Gauge: streams side by side in the last training step. */
    public static final String LANES = "babble.learner.lanes";
    /** Gauge: learning rate of the last training step. */
    public static final String LEARNING_RATE = "babble.learner.learning.rate";

    /** Gauge, bytes: memory of the learner's process, heap included, as JavaCPP counts it against its limit. */
    public static final String PROCESS_MEMORY = "babble.learner.process.memory";

    private final Counter symbols;
    private final Counter accepted;
    private final Counter dead;
    private final Counter unknown;
    private final Timer step;
    private final Counter skipped;
    private final Counter clipped;
    private volatile long version;
    private volatile double loss = Double.NaN;
    private volatile long drifts;
    private volatile long returns;
    private volatile double lag;
    private volatile int streams;
    private volatile long pending;
    private volatile int lanes;
    private volatile double learningRate;

    /** @param processBytes what {@link #PROCESS_MEMORY} is read from */
    public LearnerMeters(MeterRegistry registry, LongSupplier processBytes) {
        symbols = registry.counter(SYMBOLS);
        accepted = registry.counter(ACCEPTED);
        dead = registry.counter(DEAD);
        unknown = registry.counter(UNKNOWN);
        step = registry.timer(STEP);
        skipped = registry.counter(SKIPPED);
        clipped = registry.counter(CLIPPED);
        Gauge.builder(VERSION, this, meters -> meters.version).register(registry);
        Gauge.builder(LOSS, this, meters -> meters.loss).register(registry);
        Gauge.builder(DRIFTS, this, meters -> meters.drifts).register(registry);
        Gauge.builder(RETURNS, this, meters -> meters.returns).register(registry);
        Gauge.builder(LAG, this, meters -> meters.lag).register(registry);
        Gauge.builder(STREAMS, this, meters -> meters.streams).register(registry);
        Gauge.builder(PENDING, this, meters -> meters.pending).register(registry);
        Gauge.builder(LANES, this, meters -> meters.lanes).register(registry);
        Gauge.builder(LEARNING_RATE, this, meters -> meters.learningRate).register(registry);
        Gauge.builder(PROCESS_MEMORY, processBytes::getAsLong).register(registry);
    }

    /** A piece of {@code bytes} came in, {@code deadBytes} of what is known now are no text. */
    public void accepted(int bytes, int deadBytes) {
        accepted.increment(bytes);
        dead.increment(deadBytes);
    }

    /** So many bytes of text were learned, with so many characters among them that the alphabet had no place for. */
    public void learned(int bytes, int unknownCharacters) {
        symbols.increment(bytes);
        unknown.increment(unknownCharacters);
    }

    /** A training step ended that learned from {@code lanes} streams. */
    public void step(long nanos, int lanes, double learningRate, boolean clipped, boolean skipped) {
        step.record(nanos, TimeUnit.NANOSECONDS);
        this.lanes = lanes;
        this.learningRate = learningRate;
        this.clipped.increment(clipped ? 1 : 0);
        this.skipped.increment(skipped ? 1 : 0);
    }

    /** How things stand. */
    public void standing(
            long version, double loss, long drifts, long returns, double lagMillis, int streams, long pending) {
        this.version = version;
        this.loss = loss;
        this.drifts = drifts;
        this.returns = returns;
        this.lag = lagMillis;
        this.streams = streams;
        this.pending = pending;
    }
}
