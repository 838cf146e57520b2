package io.babble.cli.bench;

import java.util.Locale;
import java.util.Map;

/** A model and a window that others have published numbers for. */
public record Work(int layers, int hidden, int lanes, int steps) {
    private static final int EMBEDDING = 64;

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d×%d, %d×%d", layers, hidden, lanes, steps);
    }

    /** The options of a job that does this work. */
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
