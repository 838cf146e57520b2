package io.babble.model;

import io.babble.text.SavedForm;
import io.babble.text.Window;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Experience replay (Lin, "Self-Improving Reactive Agents", Machine Learning 8, 1992): learned text is kept and learned
 * again. Each lane of replay walks through the kept passages with a state of its own, and now and then jumps to another
 * place.
 *
 * <p>Everything follows from the texts, their order and the seed. Belongs to one thread at a time.
 */
public final class Replay {
    /** Version 1 always had 8 walkers, and the number of windows owed to a ratio. */
    private static final byte VERSION_1 = 1;

    /** Up to version 2, closed passages did not know their stream. */
    private static final byte VERSION_2 = 2;

    private static final byte VERSION_3 = 3;

    private static final int WALKERS_IN_VERSION_1 = 8;
    private static final double JUMP_PROBABILITY = 0.1;
    /** Passages that a walker tries before it gives up: those that are too short do not count. */
    private static final int MAX_TRIES = 8;

    private static final int NO_PASSAGE = -1;

    private final SplitMix64 random;
    private final ReplayBuffer buffer;
    private final List<Walker> walkers = new ArrayList<>();
    private boolean enabled;
    private long replayed;

    private static final class Walker {
        private Passage passage;
        private int position;
        private float[] state;

        Walker copy() {
            Walker copy = new Walker();
            copy.passage = passage;
            copy.position = position;
            copy.state = passage == null ? null : state.clone();
            return copy;
        }
    }

    /** A window of replayed text; a training step advances the states in place. */
    public record Batch(Window window, float[][] states) {}

    /** An empty buffer that keeps nothing until {@link #limit} sets its bounds. */
    public Replay(long seed) {
        random = new SplitMix64(seed);
        buffer = new ReplayBuffer(random, this::stopWalking);
    }

    /**
     * Sets the bounds.
     *
     * @param capacity most symbols that are kept; 0 turns replay off
     * @param lanes of a batch; 0 turns replay off
     */
    public void limit(int capacity, int lanes) {
        enabled = capacity > 0 && lanes > 0;
        while (walkers.size() > lanes) {
            walkers.remove(lanes);
        }
        while (walkers.size() < lanes) {
            walkers.add(new Walker());
        }
        buffer.limit(capacity);
    }

    /** Symbols replayed so far. */
    public long replayed() {
        return replayed;
    }

    /** Keeps a window of fresh text that was learned, whose lanes are these streams. */
    public void learned(List<String> streams, Window window) {
        if (enabled) {
            buffer.add(streams, window);
        }
    }

    /** Removes the text of a stream; walkers that are in it jump elsewhere. */
    public void forget(String stream) {
        buffer.forget(stream);
    }

    /** The next window to replay; empty while there are no passages of so many steps. */
    public Optional<Batch> next(int steps, int stateLength) {
        List<Walker> walking = new ArrayList<>();
        for (Walker walker : walkers) {
            if (walk(walker, steps, stateLength)) {
                walking.add(walker);
            }
        }
        if (walking.isEmpty()) {
            return Optional.empty();
        }
        int lanes = walking.size();
        int[] inputs = new int[lanes * steps];
        int[] targets = new int[lanes * steps];
        float[][] states = new float[lanes][];
        for (int lane = 0; lane < lanes; lane++) {
            Walker walker = walking.get(lane);
            for (int step = 0; step < steps; step++) {
                inputs[step * lanes + lane] = walker.passage.symbol(walker.position++);
                targets[step * lanes + lane] = walker.passage.symbol(walker.position);
            }
            states[lane] = walker.state;
        }
        replayed += targets.length;
        return Optional.of(new Batch(new Window(lanes, steps, inputs, targets), states));
    }

    /**
     * Makes sure that so many symbols follow the walker's position, by a jump if need be; false if there is no such
     * place.
     */
    private boolean walk(Walker walker, int steps, int stateLength) {
        boolean jump = random.nextDouble() < JUMP_PROBABILITY;
        if (!jump && walker.passage != null && walker.passage.length() - 1 - walker.position >= steps) {
            return true;
        }
        walker.passage = null;
        for (int i = 0; i < MAX_TRIES; i++) {
            Passage passage = buffer.draw().orElse(null);
            int places = passage == null ? 0 : passage.length() - steps;
            if (places > 0) {
                walker.passage = passage;
                walker.position = random.nextInt(places);
                walker.state = new float[stateLength];
                return true;
            }
        }
        return false;
    }

    private void stopWalking(Passage removed) {
        for (Walker walker : walkers) {
            if (walker.passage == removed) {
                walker.passage = null;
            }
        }
    }

    /** A copy that shares nothing with this one that will change. */
    public Replay copy() {
        Replay copy = new Replay(random.state());
        copy.enabled = enabled;
        copy.replayed = replayed;
        copy.buffer.copyFrom(buffer);
        walkers.forEach(walker -> copy.walkers.add(walker.copy()));
        return copy;
    }

    /** Writes everything but the bounds, beginning with a version. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION_3);
        out.writeLong(random.state());
        out.writeLong(replayed);
        buffer.write(out);
        Map<Passage, Integer> numbers = buffer.numbers();
        out.writeInt(walkers.size());
        for (Walker walker : walkers) {
            out.writeInt(walker.passage == null ? NO_PASSAGE : numbers.get(walker.passage));
            if (walker.passage != null) {
                out.writeInt(walker.position);
                SavedForm.writeFloats(walker.state, out);
            }
        }
    }

    /**
     * Reads what {@link #write} wrote; {@link #limit} sets the bounds.
     *
     * @throws IOException if a later version of this class wrote it
     */
    public static Replay read(DataInput in) throws IOException {
        byte version = SavedForm.readVersion(in, "A replay buffer", VERSION_3);
        Replay replay = new Replay(in.readLong());
        if (version == VERSION_1) {
            in.readDouble();
        }
        replay.replayed = in.readLong();
        replay.buffer.read(in, version > VERSION_2);
        for (int left = version == VERSION_1 ? WALKERS_IN_VERSION_1 : in.readInt(); left > 0; left--) {
            Walker walker = new Walker();
            replay.walkers.add(walker);
            int number = in.readInt();
            if (number != NO_PASSAGE) {
                walker.passage = replay.buffer.numbered(number);
                walker.position = in.readInt();
                walker.state = SavedForm.readFloats(in);
            }
        }
        return replay;
    }
}
