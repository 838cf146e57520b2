package io.babble.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Metrics of the source of text. */
public final class SourceMeters {
    /** Counter: partly read records in whose place there was another one after a restart. */
    public static final String REPLACED = "babble.source.replaced";

    private final Counter replaced;

    /** Registers all of them. */
    public SourceMeters(MeterRegistry registry) {
        replaced = registry.counter(REPLACED);
    }

    public void addReplaced() {
        replaced.increment();
    }
}
