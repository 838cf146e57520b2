package io.babble.cli;

import io.babble.model.LearnedWindow;
import io.babble.model.Learner;
import io.babble.model.Replay;
import io.babble.text.Packer;
import io.babble.text.Packer.Plan;
import io.babble.text.Stream;
import io.babble.text.Window;
import io.babble.text.WindowSizes.Size;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Learns texts once, from their beginnings to their ends, in the windows that the job would learn them in. */
final class FileLearner {
    private static final int PIECE_BYTES = 4096;
    /** Nothing here follows a clock: streams take turns, and no reader asks how old text is. */
    private static final long NO_TIME = 0;

    private final Learner learner;
    private final Replay replay;
    private final int stateLength;
    private final int steps;
    private final Size size;
    private final Packer packer;
    private final Map<String, InputStream> texts = new TreeMap<>();
    private final Map<String, Stream> streams = new TreeMap<>();
    private long bytesLeftOut;

    /**
     * Nothing is read yet.
     *
     * @param stateLength length of a stream's state
     * @param replay what was learned before, if that is to be learned from again
     * @param lanes most streams of a window
     * @param steps symbols of each in a whole window
     */
    FileLearner(Learner learner, Replay replay, int stateLength, int lanes, int steps, List<InputStream> texts) {
        this.learner = learner;
        this.replay = replay;
        this.stateLength = stateLength;
        this.steps = steps;
        size = new Size(lanes, steps);
        packer = new Packer(steps, steps);
        for (InputStream text : texts) {
            String name = String.format("%08d", streams.size());
            this.texts.put(name, text);
            streams.put(name, new Stream());
        }
    }

    /** Learns the next window; empty once all is learned. */
    Optional<LearnedWindow> next() throws IOException {
        for (String name : List.copyOf(texts.keySet())) {
            fill(name);
        }
        return packer.nextReady(size).map(this::learn);
    }

    /** Bytes so far that are not UTF-8 and were left out. */
    long bytesLeftOut() {
        return bytesLeftOut;
    }

    private void fill(String name) throws IOException {
        InputStream text = texts.get(name);
        Stream stream = streams.get(name);
        while (stream.available() < steps && !stream.ending()) {
            byte[] piece = text.readNBytes(PIECE_BYTES);
            bytesLeftOut += stream.read(piece, NO_TIME).length;
            if (piece.length < PIECE_BYTES) {
                bytesLeftOut += stream.end(NO_TIME).length;
                texts.remove(name);
            }
            packer.arrived(name, stream, NO_TIME);
        }
    }

    private LearnedWindow learn(Plan plan) {
        int lanes = plan.streams().size();
        int[] inputs = new int[plan.steps() * lanes];
        int[] targets = new int[plan.steps() * lanes];
        float[][] states = new float[lanes][];
        for (int lane = 0; lane < lanes; lane++) {
            Stream stream = streams.get(plan.streams().get(lane));
            states[lane] = stream.state(stateLength);
            stream.take(plan.steps(), lane, lanes, inputs, targets);
        }
        Window window = new Window(lanes, plan.steps(), inputs, targets);
        LearnedWindow learned = learner.learn(window, states);
        for (String name : plan.streams()) {
            Stream stream = streams.get(name);
            stream.learned();
            packer.learned(name, stream, NO_TIME);
        }
        replay.learned(plan.streams(), window);
        if (replay.isDue()) {
            replay.next(steps, stateLength).ifPresent(batch -> learner.replay(batch.window(), batch.states()));
        }
        return learned;
    }
}
