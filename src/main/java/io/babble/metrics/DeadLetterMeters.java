package io.babble.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Metrics of the operators that read a topic. */
public final class DeadLetterMeters {
    /** Counter: dead letters of the topic. */
    public static final String DEAD_LETTERS = "babble.dead.letters";

    private final Counter deadLetters;

    public DeadLetterMeters(MeterRegistry registry) {
        deadLetters = registry.counter(DEAD_LETTERS);
    }

    public void addDeadLetter() {
        deadLetters.increment();
    }
}
