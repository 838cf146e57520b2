package io.babble.cli.terminal;

import io.babble.client.SampleText;
import io.babble.records.Origin;
import io.babble.records.Sample;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Turns texts that are written concurrently into sequential output. The first text is printed as it arrives; the others
 * are buffered. When too many are waiting, the first one is left unfinished.
 */
public final class Transcript {
    private static final int MAX_WAITING = 8;
    private static final int MAX_CLOSED_IDS = 1_000;

    /** The texts in progress by id, in the order in which they started. The first one is being printed. */
    private final Map<String, Entry> open = new LinkedHashMap<>();

    private final Set<String> closed = new HashSet<>();
    private final Deque<String> closedInOrder = new ArrayDeque<>();
    private long finished;

    /** Adds a piece and returns what to print now. */
    public String add(Sample piece) {
        if (closed.contains(piece.id())) {
            return "";
        }
        open.computeIfAbsent(piece.id(), id -> new Entry(piece)).add(piece);
        StringBuilder print = new StringBuilder();
        Iterator<Map.Entry<String, Entry>> entries = open.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<String, Entry> first = entries.next();
            print.append(first.getValue().take());
            boolean done = first.getValue().text.done();
            if (!done && open.size() <= MAX_WAITING + 1) {
                break;
            }
            print.append(done ? "\n\n" : "…\n\n");
            entries.remove();
            close(first.getKey());
        }
        return print.toString();
    }

    /** Number of texts that were printed or left unfinished. */
    public long finished() {
        return finished;
    }

    private void close(String id) {
        finished++;
        closed.add(id);
        closedInOrder.add(id);
        if (closedInOrder.size() > MAX_CLOSED_IDS) {
            closed.remove(closedInOrder.remove());
        }
    }

    /** A text and the part of it that is not printed yet. */
    private static final class Entry {
        private final SampleText text = new SampleText();
        private final StringBuilder buffered = new StringBuilder();

        Entry(Sample first) {
            buffered.append(first.origin() == Origin.PERIODIC ? "── " : "── " + first.id() + "  ")
                    .append(String.format(Locale.ROOT, "version %,d", first.version()))
                    .append(
                            Double.isNaN(first.bitsPerByte())
                                    ? ""
                                    : String.format(Locale.ROOT, "  %.2f bits/byte", first.bitsPerByte()))
                    .append("\n")
                    .append(first.prompt() == null ? "" : first.prompt());
        }

        void add(Sample piece) {
            buffered.append(text.add(piece));
            if (text.error() != null) {
                buffered.append("[").append(text.error()).append("]");
            }
        }

        String take() {
            String result = buffered.toString();
            buffered.setLength(0);
            return result;
        }
    }
}
