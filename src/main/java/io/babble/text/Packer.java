package io.babble.text;

import io.babble.text.WindowSizes.Size;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Packs streams into windows (continuous batching): chooses the streams of the next training step, and how many symbols
 * of each.
 *
 * <p>Streams take turns. The stream whose turn it is leads; the window has as many steps as were asked for, or the
 * largest of a few fixed numbers that its text fills. Other streams with as much text join in order of their turns. A
 * stream is <em>ready</em> when it fills the smallest window, or when it has ended. The packer keeps only an index of
 * the streams with pending text; the streams belong to the caller.
 */
public final class Packer {

    /**
     * The streams of one training step, in order of their turns.
     *
     * @param steps symbols that each of them gives
     */
    public record Plan(List<String> streams, int steps) {}

    private static final Comparator<Entry> BY_TURN = Comparator.comparingLong(Entry::turn);

    private final int[] sizes;
    private final int readySize;
    private final Map<String, Entry> entries = new HashMap<>();
    private final NavigableSet<Entry> ready = new TreeSet<>(BY_TURN);
    private final List<NavigableSet<Entry>> bySize = new ArrayList<>();
    private long nextTurn;

    /**
     * @param steps symbols that make a stream ready; longer windows have twice, four times, … as many, shorter ones a
     *     half, a quarter, …
     * @param mostSteps most symbols that may be asked for
     */
    public Packer(int steps, int mostSteps) {
        Deque<Integer> all = new ArrayDeque<>();
        for (int size = steps; size > 0; size /= 2) {
            all.addLast(size);
        }
        for (int size = 2 * steps; size <= mostSteps; size *= 2) {
            all.addFirst(size);
        }
        all.forEach(size -> bySize.add(new TreeSet<>(BY_TURN)));
        sizes = all.stream().mapToInt(Integer::intValue).toArray();
        readySize = List.copyOf(all).indexOf(steps);
    }

    /** Takes note of new text or an end; a stream that had nothing pending joins the end of the queue. */
    public void arrived(String name, Stream stream, long now) {
        Entry known = remove(name);
        if (stream.available() == 0) {
            return;
        }
        if (known == null) {
            stream.setTurn(nextTurn++);
        }
        add(name, stream, known == null ? now : known.since());
    }

    /**
     * Takes note of a training step that the stream was part of; with its remaining text it joins the end of the queue.
     * The rest of text that did not fill a window keeps its waiting time.
     */
    public void learned(String name, Stream stream, long now) {
        Entry known = remove(name);
        if (stream.available() > 0) {
            stream.setTurn(nextTurn++);
            add(name, stream, known.size() <= readySize ? now : known.since());
        }
    }

    /** Adds a restored stream, with the turn that it had. */
    public void restored(String name, Stream stream, long now) {
        nextTurn = Math.max(nextTurn, stream.turn() + 1);
        if (stream.available() > 0) {
            add(name, stream, now);
        }
    }

    /** Number of streams that are ready. */
    public int ready() {
        return ready.size();
    }

    /** Since when the text of the stream whose turn it is has waited, ms. */
    public OptionalLong waitingSince() {
        return first().map(entry -> OptionalLong.of(entry.since())).orElse(OptionalLong.empty());
    }

    /** The next window that a ready stream leads, at most of this size; empty if none is ready. */
    public Optional<Plan> nextReady(Size most) {
        return ready.isEmpty() ? Optional.empty() : Optional.of(plan(ready.first(), most));
    }

    /**
     * The next window that the longest waiting stream leads, ready or not, at most of this size; empty if nothing is
     * pending.
     */
    public Optional<Plan> nextWaiting(Size most) {
        return first().map(leader -> plan(leader, most));
    }

    private Optional<Entry> first() {
        return bySize.stream()
                .filter(entries -> !entries.isEmpty())
                .map(NavigableSet::first)
                .min(BY_TURN);
    }

    private Plan plan(Entry leader, Size most) {
        int own = leader.size();
        while (sizes[own] > most.steps() && own + 1 < sizes.length) {
            own++;
        }
        TreeSet<Entry> others = new TreeSet<>(BY_TURN);
        for (int size = 0; size <= own; size++) {
            bySize.get(size).stream().limit(most.lanes()).forEach(others::add);
        }
        others.remove(leader);
        List<String> streams = new ArrayList<>();
        streams.add(leader.name());
        others.stream().limit(most.lanes() - 1L).map(Entry::name).forEach(streams::add);
        return new Plan(streams, sizes[own]);
    }

    private void add(String name, Stream stream, long since) {
        int size = 0;
        while (sizes[size] > stream.available()) {
            size++;
        }
        Entry entry = new Entry(name, stream.turn(), since, size);
        entries.put(name, entry);
        bySize.get(size).add(entry);
        if (size <= readySize || stream.ending()) {
            ready.add(entry);
        }
    }

    private Entry remove(String name) {
        Entry entry = entries.remove(name);
        if (entry != null) {
            bySize.get(entry.size()).remove(entry);
            ready.remove(entry);
        }
        return entry;
    }

    /** A stream with pending text; {@code size} is the index of the largest window that its text fills. */
    private record Entry(String name, long turn, long since, int size) {}
}
