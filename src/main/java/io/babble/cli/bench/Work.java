package io.babble.cli.bench;

import java.util.Locale;
import java.util.Map;

/**
 * Sizes of a model and its windows, as in published benchmarks of other programs.
 *
 * @param layers L
 * @param hidden H, units per layer
 * @param lanes N, streams side by side
 * @param steps T, symbols of each stream
 */
public record Work(int layers, int hidden, int lanes, int steps) {
    private static final int EMBEDDING = 64;

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d×%d, %d×%d", layers, hidden, lanes, steps);
    }

    /** The options of a job with these sizes. */
    public Map<String, String> options() {
        return Map.of(
                "babble.model.layers", Integer.toString(layers),
                "babble.model.hidden", Integer.toString(hidden),
                "babble.model.embedding", Integer.toString(EMBEDDING),
                "babble.window.lanes", Integer.toString(lanes),
                "babble.window.steps", Integer.toString(steps),
                "babble.replay.lanes", "0");
    }
}
