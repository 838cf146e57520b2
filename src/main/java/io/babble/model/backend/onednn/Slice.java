package io.babble.model.backend.onednn;

import io.babble.model.LaneWeights;
import io.babble.text.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Consecutive lanes of a window, for one of several threads. */
final class Slice {
    private final Window window;
    private final int from;
    private final int lanes;
    private final List<float[]> states;

    private Slice(Window window, float[][] states, int from, int to) {
        this.window = window;
        this.from = from;
        lanes = to - from;
        this.states = Arrays.asList(states).subList(from, to);
    }

    /** Cuts a window into at most {@code parts} slices, none empty, whose numbers of lanes differ by at most one. */
    static List<Slice> cut(Window window, float[][] states, int parts) {
        int count = Math.min(parts, window.lanes());
        List<Slice> slices = new ArrayList<>();
        for (int part = 0; part < count; part++) {
            int from = window.lanes() * part / count;
            int to = window.lanes() * (part + 1) / count;
            slices.add(new Slice(window, states, from, to));
        }
        return slices;
    }

    int lanes() {
        return lanes;
    }

    int steps() {
        return window.steps();
    }

    /** The states of these lanes, not a copy. */
    List<float[]> states() {
        return states;
    }

    int input(int step, int lane) {
        return window.inputs()[row(step, lane)];
    }

    int target(int step, int lane) {
        return window.targets()[row(step, lane)];
    }

    /** The weight of each target of a lane in the mean loss. */
    double weight(int lane) {
        return LaneWeights.weight(window, from + lane);
    }

    boolean isFresh(int lane) {
        return window.isFresh(from + lane);
    }

    /** The row of a step of a lane in the whole window. */
    int row(int step, int lane) {
        return step * window.lanes() + from + lane;
    }
}
