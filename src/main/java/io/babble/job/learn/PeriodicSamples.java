package io.babble.job.learn;

import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.job.state.Ledger;
import io.babble.records.Prompt;
import java.util.Optional;

/** Prompts the writer now and then, so that samples are written although nobody asks for one. */
final class PeriodicSamples {
    private final Ledger ledger;
    private final long everySymbols;
    private final int length;
    private final double temperature;
    private long replayedWhileIdle; // symbols of each lane

    /** @param ledger knows when the next one is due */
    PeriodicSamples(Settings settings, Ledger ledger) {
        this.ledger = ledger;
        everySymbols = settings.get(Options.SAMPLES_EVERY);
        length = settings.get(Options.SAMPLES_LENGTH);
        temperature = settings.get(Options.SAMPLES_TEMPERATURE);
    }

    /** While no new text arrives, replayed symbols count instead. */
    void replayed(int stepsOfEachLane) {
        replayedWhileIdle += stepsOfEachLane;
    }

    /**
     * The prompt that is due after {@code symbols} learned. Its id and seed are of this position, so that no two are
     * the same.
     */
    Optional<Prompt> next(long symbols) {
        long position = symbols + replayedWhileIdle;
        if (everySymbols == 0 || !ledger.sampleDue(position, everySymbols)) {
            return Optional.empty();
        }
        return Optional.of(Prompt.periodic("periodic-" + position, length, temperature, position));
    }
}
