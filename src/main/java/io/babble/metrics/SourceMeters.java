package io.babble.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Metrics of the source of text. */
public final class SourceMeters {
    /** Counter: partly read records in whose place there was another one after a restart. */
    public static final String REPLACED = "babble.source.replaced";

    /** Counter: offsets of the text that were deleted before they were read. */
    public static final String LOST = "babble.source.lost";

    private final Counter replaced;
    private final Counter lost;

    /** Registers all of them. */
    public SourceMeters(MeterRegistry registry) {
        replaced = registry.counter(REPLACED);
        lost = registry.counter(LOST);
    }

    public void addReplaced() {
        replaced.increment();
    }

    public void addLost(long offsets) {
        lost.increment((double) offsets);
    }
}
