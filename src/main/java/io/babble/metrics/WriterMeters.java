package io.babble.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** A writer's metrics. Written by one thread, read by any. */
public final class WriterMeters {
    /** Counter: characters written. */
    public static final String CHARACTERS = "babble.writer.characters";
    /** Counter: texts finished. */
    public static final String TEXTS = "babble.writer.texts";
    /** Counter: prompts answered with an error. */
    public static final String REFUSED = "babble.writer.refused";
    /** Timer: one symbol of every text in a batch. */
    public static final String SYMBOL = "babble.writer.symbol";
    /** Gauge: texts in progress. */
    public static final String ACTIVE = "babble.writer.active";
    /** Gauge: prompts that wait for a place in the batch. */
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

    public void addSymbol(long nanos) {
        symbol.record(nanos, TimeUnit.NANOSECONDS);
    }

    public void addCharacters(int count) {
        characters.increment(count);
    }

    public void addText() {
        texts.increment();
    }

    public void addRefused() {
        refused.increment();
    }

    public void setActive(int texts) {
        active = texts;
    }

    public void setWaiting(int prompts) {
        waiting = prompts;
    }

    public void setVersion(long version) {
        this.version = version;
    }
}
