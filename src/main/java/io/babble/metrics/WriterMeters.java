package io.babble.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** What a writer measures of itself. Written by one thread, read by any. */
public final class WriterMeters {
    /** Counter: characters written. */
    public static final String CHARACTERS = "babble.writer.characters";
    /** Counter: texts finished. */
    public static final String TEXTS = "babble.writer.texts";
    /** Counter: prompts answered with an error. */
    public static final String REFUSED = "babble.writer.refused";
    /** Timer: one symbol of every text whose turn it is. */
    public static final String SYMBOL = "babble.writer.symbol";
    /** Gauge: texts in progress. */
    public static final String ACTIVE = "babble.writer.active";
    /** Gauge: prompts that wait for their turn. */
    public static final String WAITING = "babble.writer.waiting";
    /** Gauge: training steps of the model that the writer writes with. */
    public static final String VERSION = "babble.writer.version";

    private final Counter characters;
    private final Counter texts;
    private final Counter refused;
    private final Timer symbol;
    private volatile int active;
    private volatile int waiting;
    private volatile long version;

    public WriterMeters(MeterRegistry registry) {
        characters = registry.counter(CHARACTERS);
        texts = registry.counter(TEXTS);
        refused = registry.counter(REFUSED);
        symbol = registry.timer(SYMBOL);
        Gauge.builder(ACTIVE, this, meters -> meters.active).register(registry);
        Gauge.builder(WAITING, this, meters -> meters.waiting).register(registry);
        Gauge.builder(VERSION, this, meters -> meters.version).register(registry);
    }

    /** One symbol of every text whose turn it is was read or written. */
    public void symbol(long nanos) {
        symbol.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** A piece of a sample left. */
    public void wrote(int written, boolean done) {
        characters.increment(written);
        texts.increment(done ? 1 : 0);
    }

    /** A prompt was answered with an error. */
    public void refused() {
        refused.increment();
    }

    /** How things stand. */
    public void standing(int active, int waiting, long version) {
        this.active = active;
        this.waiting = waiting;
        this.version = version;
    }
}
