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
 * Many texts that are written at the same time, as something to read: one after the other, each as it comes. Those that wait
 * for their turn are held back; a text that keeps too many waiting is left unfinished.
 */
public final class Transcript {
    private static final int MOST_WAITING = 8;
    private static final int MOST_REMEMBERED = 1_000;

    /** Those begun, in the order of their beginning; the first one is being printed. */
    private final Map<String, Entry> open = new LinkedHashMap<>();

    private final Set<String> closed = new HashSet<>();
    private final Deque<String> closedInOrder = new ArrayDeque<>();
    private long finished;

    /** What is to be printed now. */
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
            if (!done && open.size() <= MOST_WAITING + 1) {
                break;
            }
            print.append(done ? "\n\n" : "…\n\n");
            entries.remove();
            close(first.getKey());
        }
        return print.toString();
    }

    /** How many texts are behind us. */
    public long finished() {
        return finished;
    }

    private void close(String id) {
        finished++;
        closed.add(id);
        closedInOrder.add(id);
        if (closedInOrder.size() > MOST_REMEMBERED) {
            closed.remove(closedInOrder.remove());
        }
    }

    /** A text and what of it has not been printed. */
    private static final class Entry {
        private final SampleText text = new SampleText();
        private final StringBuilder held = new StringBuilder();

        Entry(Sample first) {
            held.append(first.origin() == Origin.PERIODIC ? "── " : "── " + first.id() + "  ")
                    .append(String.format(Locale.ROOT, "version %,d", first.version()))
                    .append(
                            Double.isNaN(first.bitsPerByte())
                                    ? ""
                                    : String.format(Locale.ROOT, "  %.2f bits/byte", first.bitsPerByte()))
                    .append("\n")
                    .append(first.prompt() == null ? "" : first.prompt());
        }

        void add(Sample piece) {
            held.append(text.add(piece));
            if (text.error() != null) {
                held.append("[").append(text.error()).append("]");
            }
        }

        String take() {
            String taken = held.toString();
            held.setLength(0);
            return taken;
        }
    }
}
