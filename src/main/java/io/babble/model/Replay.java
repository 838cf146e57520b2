package io.babble.model;

import io.babble.text.Window;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Text that was learned, kept to be learned from again (experience replay: Lin, "Self-Improving Reactive Agents", Machine Learning
 * 8, 1992). A bounded number of symbols stays; beyond it passages go at random, so that the more recent a text is, the more of it
 * is here. Walkers, each a lane, go over passages with states of their own, and now and then jump to another place.
 *
 * <p>Everything follows from the texts, their order and the seed. Belongs to one thread at a time.
 */
public final class Replay {
    private static final byte VERSION = 2;
    /** Had always so many walkers, and said how many windows were owed to a ratio. */
    private static final byte VERSION_BEFORE = 1;

    private static final int WALKERS_BEFORE = 8;
    private static final int PASSAGE = 1024;
    /** Streams whose passages grow at a time; one more closes that of the stream that was learned from least recently. */
    private static final int MOST_OPEN = 256;

    private static final double JUMP = 0.1;
    private static final int TRIES = 8;
    private static final int NOWHERE = -1;

    private final SplitMix64 random;
    private final Map<String, Passage> open = new LinkedHashMap<>(16, 0.75f, true);
    private final List<Passage> passages = new ArrayList<>(); // they do not change any more
    private final List<Walker> walkers = new ArrayList<>();
    private int capacity;
    private int size;
    private long replayed;

    /** Symbols of one stream that follow each other; the first one is what was read before the first target. */
    private static final class Passage {
        private char[] symbols;
        private int length;

        Passage(char[] symbols, int length) {
            this.symbols = symbols;
            this.length = length;
        }

        void add(int symbol) {
            symbols[length++] = (char) symbol;
        }

        int newest() {
            return symbols[length - 1];
        }

        Passage copy() {
            return new Passage(symbols.clone(), length);
        }
    }

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

    /** A window of text that was learned before; a training step advances the states in place. */
    public record Batch(Window window, float[][] states) {}

    /** Keeps nothing until it is {@linkplain #limit limited} to more than that. */
    public Replay(long seed) {
        random = new SplitMix64(seed);
    }

    /**
     * Says how much there may be from now on.
     *
     * @param capacity most symbols that are kept; 0 keeps none and never replays
     * @param lanes of a batch
     */
    public void limit(int capacity, int lanes) {
        this.capacity = capacity;
        while (walkers.size() > lanes) {
            walkers.remove(lanes);
        }
        while (walkers.size() < lanes) {
            walkers.add(new Walker());
        }
        forgetWhatIsTooMuch();
    }

    /** Symbols replayed so far. */
    public long replayed() {
        return replayed;
    }

    /** Keeps a fresh window that was learned, whose lanes are these streams. */
    public void learned(List<String> streams, Window window) {
        if (capacity == 0 || walkers.isEmpty()) {
            return;
        }
        for (int lane = 0; lane < window.lanes(); lane++) {
            String stream = streams.get(lane);
            Passage passage = open.get(stream);
            if (passage == null) {
                passage = begin(window.inputs()[lane]);
            }
            for (int step = 0; step < window.steps(); step++) {
                if (passage.length == PASSAGE) {
                    close(passage);
                    passage = begin(passage.newest());
                }
                passage.add(window.targets()[step * window.lanes() + lane]);
            }
            open.put(stream, passage);
        }
        while (open.size() > MOST_OPEN) {
            close(open.remove(open.keySet().iterator().next()));
        }
    }

    /** The next window to replay; empty as long as there are no passages of so many steps. */
    public Optional<Batch> next(int steps, int stateLength) {
        List<Walker> walking = new ArrayList<>();
        for (Walker walker : walkers) {
            if (goOn(walker, steps, stateLength)) {
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
                inputs[step * lanes + lane] = walker.passage.symbols[walker.position++];
                targets[step * lanes + lane] = walker.passage.symbols[walker.position];
            }
            states[lane] = walker.state;
        }
        replayed += targets.length;
        return Optional.of(new Batch(new Window(lanes, steps, inputs, targets), states));
    }

    /** Makes sure that the walker has so many symbols before it; false if there is no such place. */
    private boolean goOn(Walker walker, int steps, int stateLength) {
        boolean jump = random.nextDouble() < JUMP;
        if (!jump && walker.passage != null && walker.passage.length - 1 - walker.position >= steps) {
            return true;
        }
        walker.passage = null;
        for (int i = 0; i < TRIES && !passages.isEmpty(); i++) {
            Passage passage = passages.get(random.nextInt(passages.size()));
            int places = passage.length - steps;
            if (places > 0) {
                walker.passage = passage;
                walker.position = random.nextInt(places);
                walker.state = new float[stateLength];
                return true;
            }
        }
        return false;
    }

    private static Passage begin(int symbol) {
        Passage passage = new Passage(new char[PASSAGE], 0);
        passage.add(symbol);
        return passage;
    }

    private void close(Passage passage) {
        passage.symbols = Arrays.copyOf(passage.symbols, passage.length);
        passages.add(passage);
        size += passage.length;
        forgetWhatIsTooMuch();
    }

    private void forgetWhatIsTooMuch() {
        while (size > capacity) {
            int leaving = random.nextInt(passages.size());
            Passage last = passages.remove(passages.size() - 1);
            Passage left = leaving == passages.size() ? last : passages.set(leaving, last);
            size -= left.length;
            for (Walker walker : walkers) {
                if (walker.passage == left) {
                    walker.passage = null;
                }
            }
        }
    }

    /** One that shares nothing with this one that will change. */
    public Replay copy() {
        Replay copy = new Replay(random.state());
        copy.capacity = capacity;
        copy.size = size;
        copy.replayed = replayed;
        copy.passages.addAll(passages);
        open.forEach((stream, passage) -> copy.open.put(stream, passage.copy()));
        walkers.forEach(walker -> copy.walkers.add(walker.copy()));
        return copy;
    }

    /** Writes everything but the limits, beginning with a version. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(random.state());
        out.writeLong(replayed);
        out.writeInt(passages.size());
        for (Passage passage : passages) {
            write(passage, out);
        }
        out.writeInt(open.size());
        for (Map.Entry<String, Passage> entry : open.entrySet()) {
            out.writeUTF(entry.getKey());
            write(entry.getValue(), out);
        }
        Map<Passage, Integer> places = new HashMap<>();
        for (int i = 0; i < passages.size(); i++) {
            places.put(passages.get(i), i);
        }
        out.writeInt(walkers.size());
        for (Walker walker : walkers) {
            out.writeInt(walker.passage == null ? NOWHERE : places.get(walker.passage));
            if (walker.passage != null) {
                out.writeInt(walker.position);
                out.writeInt(walker.state.length);
                for (float value : walker.state) {
                    out.writeFloat(value);
                }
            }
        }
    }

    private static void write(Passage passage, DataOutput out) throws IOException {
        out.writeInt(passage.length);
        for (int i = 0; i < passage.length; i++) {
            out.writeChar(passage.symbols[i]);
        }
    }

    /**
     * Reads what {@link #write} wrote; it wants to be {@linkplain #limit limited}.
     *
     * @throws IOException if the bytes were written by a version of this class that came later
     */
    public static Replay read(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION && version != VERSION_BEFORE) {
            throw new IOException("Text to replay of version " + version + " was found, but this Babble reads version "
                    + VERSION + ": use the Babble that wrote it, or a later one.");
        }
        Replay replay = new Replay(in.readLong());
        if (version == VERSION_BEFORE) {
            in.readDouble();
        }
        replay.replayed = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            int length = in.readInt();
            replay.passages.add(readPassage(length, length, in));
            replay.size += length;
        }
        for (int left = in.readInt(); left > 0; left--) {
            String stream = in.readUTF();
            replay.open.put(stream, readPassage(in.readInt(), PASSAGE, in));
        }
        for (int left = version == VERSION_BEFORE ? WALKERS_BEFORE : in.readInt(); left > 0; left--) {
            Walker walker = new Walker();
            replay.walkers.add(walker);
            int place = in.readInt();
            if (place != NOWHERE) {
                walker.passage = replay.passages.get(place);
                walker.position = in.readInt();
                walker.state = new float[in.readInt()];
                for (int i = 0; i < walker.state.length; i++) {
                    walker.state[i] = in.readFloat();
                }
            }
        }
        return replay;
    }

    private static Passage readPassage(int length, int room, DataInput in) throws IOException {
        char[] symbols = new char[room];
        for (int i = 0; i < length; i++) {
            symbols[i] = in.readChar();
        }
        return new Passage(symbols, length);
    }
}
