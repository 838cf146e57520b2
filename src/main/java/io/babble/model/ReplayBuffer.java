package io.babble.model;

import io.babble.text.Window;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Learned text in passages, at most a given number of symbols. Beyond it passages are evicted at random, so that the
 * more recent a text is, the more of it is kept.
 *
 * <p>A passage knows its stream by an id, a hash of the name: names are longer than many passages. Where two streams
 * had the same id, both would be forgotten with either.
 */
final class ReplayBuffer {
    /** Most passages that grow at a time; one more closes that of the stream that was learned least recently. */
    private static final int MAX_OPEN = 256;
    /** The id of passages that were kept when closed ones did not know their stream. */
    private static final long UNKNOWN_STREAM = 0;

    private final SplitMix64 random;
    private final Consumer<Passage> onRemoval;
    /** The growing passage of each stream, the least recently learned first. */
    private final Map<String, Passage> open = new LinkedHashMap<>(16, 0.75f, true);

    private final List<Passage> closed = new ArrayList<>();
    private int capacity;
    private int openSymbols;
    private int closedSymbols;

    /**
     * An empty buffer of capacity 0.
     *
     * @param random draws what is evicted
     * @param onRemoval takes each passage that can be drawn no longer
     */
    ReplayBuffer(SplitMix64 random, Consumer<Passage> onRemoval) {
        this.random = random;
        this.onRemoval = onRemoval;
    }

    /** Sets the most symbols to keep, and evicts what is above. */
    void limit(int newCapacity) {
        capacity = newCapacity;
        evict();
    }

    /** Adds a window of fresh text whose lanes are these streams. */
    void add(List<String> streams, Window window) {
        for (int lane = 0; lane < window.lanes(); lane++) {
            String stream = streams.get(lane);
            Passage passage = open.get(stream);
            if (passage == null) {
                passage = begin(streamId(stream), window.inputs()[lane]);
            }
            for (int step = 0; step < window.steps(); step++) {
                if (passage.isFull()) {
                    close(passage);
                    passage = begin(passage.streamId(), passage.newest());
                }
                passage.add(window.targets()[step * window.lanes() + lane]);
                openSymbols++;
            }
            open.put(stream, passage);
        }
        evict();
    }

    /** Removes the text of a stream. */
    void forget(String stream) {
        Passage growing = open.remove(stream);
        openSymbols -= growing == null ? 0 : growing.length();
        long streamId = streamId(stream);
        closed.removeIf(passage -> {
            boolean forgotten = passage.streamId() == streamId;
            if (forgotten) {
                closedSymbols -= passage.length();
                onRemoval.accept(passage);
            }
            return forgotten;
        });
    }

    /** 64-bit FNV-1a of the UTF-16 code units. */
    private static long streamId(String stream) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < stream.length(); i++) {
            hash = (hash ^ stream.charAt(i)) * 0x100000001B3L;
        }
        return hash;
    }

    /** One of the passages that no longer grow, at random; empty if there is none. */
    Optional<Passage> draw() {
        return closed.isEmpty() ? Optional.empty() : Optional.of(closed.get(random.nextInt(closed.size())));
    }

    private Passage begin(long streamId, int input) {
        openSymbols++;
        return new Passage(streamId, input);
    }

    private void close(Passage passage) {
        passage.trim();
        closed.add(passage);
        openSymbols -= passage.length();
        closedSymbols += passage.length();
    }

    /** Growing passages cannot be replayed, so that they have at most half of the capacity. */
    private void evict() {
        while (open.size() > MAX_OPEN || openSymbols > capacity / 2) {
            close(open.remove(open.keySet().iterator().next()));
        }
        while (closedSymbols + openSymbols > capacity) {
            int index = random.nextInt(closed.size());
            Passage last = closed.remove(closed.size() - 1);
            Passage evicted = index == closed.size() ? last : closed.set(index, last);
            closedSymbols -= evicted.length();
            onRemoval.accept(evicted);
        }
    }

    /** Becomes a copy of {@code other}; closed passages no longer change and are shared. */
    void copyFrom(ReplayBuffer other) {
        capacity = other.capacity;
        openSymbols = other.openSymbols;
        closedSymbols = other.closedSymbols;
        closed.addAll(other.closed);
        other.open.forEach((stream, passage) -> open.put(stream, passage.copy()));
    }

    /** The number of each passage that no longer grows, for those who refer to it in a serialized form. */
    Map<Passage, Integer> numbers() {
        Map<Passage, Integer> numbers = new HashMap<>();
        for (int i = 0; i < closed.size(); i++) {
            numbers.put(closed.get(i), i);
        }
        return numbers;
    }

    /** The passage with one of the {@link #numbers()}. */
    Passage numbered(int number) {
        return closed.get(number);
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(closed.size());
        for (Passage passage : closed) {
            out.writeLong(passage.streamId());
            passage.write(out);
        }
        out.writeInt(open.size());
        for (Map.Entry<String, Passage> entry : open.entrySet()) {
            out.writeUTF(entry.getKey());
            entry.getValue().write(out);
        }
    }

    /**
     * Adds what {@link #write} wrote.
     *
     * @param hasStreamIds whether closed passages have the id of their stream
     */
    void read(DataInput in, boolean hasStreamIds) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            Passage passage = Passage.read(hasStreamIds ? in.readLong() : UNKNOWN_STREAM, in);
            closed.add(passage);
            closedSymbols += passage.length();
        }
        for (int left = in.readInt(); left > 0; left--) {
            String stream = in.readUTF();
            Passage passage = Passage.read(streamId(stream), in);
            open.put(stream, passage);
            openSymbols += passage.length();
        }
    }
}
