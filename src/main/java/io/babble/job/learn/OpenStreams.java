package io.babble.job.learn;

import io.babble.job.source.Piece;
import io.babble.text.Alphabet;
import io.babble.text.Packer;
import io.babble.text.Packer.Plan;
import io.babble.text.RecordPart;
import io.babble.text.Stream;
import io.babble.text.StreamWindow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;

/**
 * The streams in keyed state, with an index of what must be known across them: their turns, which was used least
 * recently, how much is pending. The index is rebuilt when the state is restored.
 */
final class OpenStreams {
    private final KeyedStateBackend<String> keys;
    private final ValueState<Stream> state;
    private final Packer packer;
    private final int stateLength;
    private final int maxOpen;
    private final Consumer<String> forget;

    /** The time of each open stream's last piece, ms; the least recently used stream first. */
    private final Map<String, Long> lastPieces = new LinkedHashMap<>();

    /** The streams in which records wait, by the number of the piece that has waited longest. */
    private final NavigableMap<Long, Waiting> waiting = new TreeMap<>();

    private int known;
    private long uses;
    private long pendingBytes;
    private long acceptedBytes;

    /** What the index must know of a stream before it changes. */
    private record Before(int pendingBytes, OptionalLong oldestWaiting) {}

    /** A stream in which records wait since a time, ms. */
    private record Waiting(String name, long since) {}

    /**
     * An empty index.
     *
     * @param stateLength of the model's state, one for each stream
     * @param maxOpen most open streams
     * @param forget is called with a stream whose text is to be forgotten, as it was ended by a record without a value
     */
    OpenStreams(
            KeyedStateBackend<String> keys,
            ValueState<Stream> state,
            Packer packer,
            int stateLength,
            int maxOpen,
            Consumer<String> forget) {
        this.keys = keys;
        this.state = state;
        this.packer = packer;
        this.stateLength = stateLength;
        this.maxOpen = maxOpen;
        this.forget = forget;
    }

    /**
     * Rebuilds the index from restored state. Idle time counts from now on: text of a stream may have been published
     * while no job ran, and wait in the topic.
     */
    void restore(ValueStateDescriptor<Stream> descriptor, long now) throws Exception {
        record Restored(String name, long use) {}
        List<Restored> open = new ArrayList<>();
        keys.applyToAllKeys(
                VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE,
                descriptor,
                (String name, ValueState<Stream> restored) -> {
                    Stream stream = restored.value();
                    known++;
                    pendingBytes += stream.pendingBytes();
                    uses = Math.max(uses, stream.use() + 1);
                    stream.records().oldestNumber().ifPresent(number -> waiting.put(number, new Waiting(name, now)));
                    packer.restored(name, stream, now);
                    if (!stream.ended()) {
                        open.add(new Restored(name, stream.use()));
                    }
                });
        open.sort(Comparator.comparingLong(Restored::use));
        open.forEach(stream -> lastPieces.put(stream.name(), now));
    }

    /**
     * Adds a piece to its stream, and new characters to the alphabet. Behind a record of which the last piece has not
     * come, other records of the stream wait.
     *
     * @return the bytes that are not UTF-8, of this piece and of records that have waited for it
     */
    List<Dead> accept(Piece piece, Alphabet alphabet, long now) throws IOException {
        Stream stream = load(piece.stream());
        if (stream == null) {
            stream = new Stream();
            known++;
        }
        Before before = before(stream);
        List<Dead> dead = read(stream, stream.records().arrived(piece.part(), uses), alphabet);
        stream.setUse(uses++);
        acceptedBytes += piece.text().length;
        lastPieces.remove(piece.stream());
        lastPieces.put(piece.stream(), now);
        changed(piece.stream(), stream, before, now);
        return dead;
    }

    private static List<Dead> read(Stream stream, List<RecordPart> parts, Alphabet alphabet) {
        List<Dead> dead = new ArrayList<>();
        for (RecordPart part : parts) {
            byte[] bytes = stream.read(alphabet, part.text(), part.timestamp());
            byte[] unfinished =
                    switch (part.ending()) {
                        case NOTHING -> new byte[0];
                        case TEXT -> stream.endText(part.timestamp());
                        case STREAM -> stream.endAndForget(part.timestamp());
                    };
            if (bytes.length + unfinished.length > 0) {
                dead.add(new Dead(part.record(), concatenated(bytes, unfinished)));
            }
        }
        return dead;
    }

    private static Before before(Stream stream) {
        return new Before(stream.pendingBytes(), stream.records().oldestNumber());
    }

    private void changed(String name, Stream stream, Before before, long now) throws IOException {
        pendingBytes += stream.pendingBytes() - before.pendingBytes();
        OptionalLong oldest = stream.records().oldestNumber();
        if (!oldest.equals(before.oldestWaiting())) {
            before.oldestWaiting().ifPresent(waiting::remove);
            oldest.ifPresent(number -> waiting.put(number, new Waiting(name, now)));
        }
        if (stream.ended() || stream.finished()) {
            lastPieces.remove(name);
        }
        packer.arrived(name, stream, now);
        keep(name, stream);
    }

    /** Whether records wait for the rest of others. */
    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** Whether a record has waited for the rest of another one since {@code time}, ms. */
    boolean isWaitingSince(long time) {
        return isWaiting() && waiting.firstEntry().getValue().since() <= time;
    }

    /**
     * Lets the record that has waited longest follow now, although the rest of the one before has not come.
     *
     * @return as {@link #accept}
     */
    List<Dead> giveUpOldest(Alphabet alphabet, long now) throws IOException {
        String name = waiting.firstEntry().getValue().name();
        Stream stream = load(name);
        Before before = before(stream);
        List<Dead> dead = read(stream, stream.records().giveUpCurrent(), alphabet);
        changed(name, stream, before, now);
        return dead;
    }

    /** Streams that have not ended. */
    int open() {
        return lastPieces.size();
    }

    /** Streams in the state: the open ones, and ended ones whose last text is not learned yet. */
    int known() {
        return known;
    }

    /** Bytes of text that were accepted and are not learned yet. */
    long pendingBytes() {
        return pendingBytes;
    }

    /** Bytes of text accepted since the operator started. */
    long acceptedBytes() {
        return acceptedBytes;
    }

    /**
     * Ends the least recently used streams until as many are open as may be.
     *
     * @param timestamp of the ends, ms since 1970
     * @return the bytes that are not UTF-8: of records that have waited, and of characters that the ends leave
     *     unfinished
     */
    List<Dead> evict(Alphabet alphabet, long now, long timestamp) throws IOException {
        List<Dead> dead = new ArrayList<>();
        while (open() > maxOpen) {
            dead.addAll(end(lastPieces.keySet().iterator().next(), alphabet, now, timestamp));
        }
        return dead;
    }

    /** Ends the streams without a piece since {@code time}, ms; returns the same as {@link #evict}. */
    List<Dead> endIdleSince(long time, Alphabet alphabet, long now, long timestamp) throws IOException {
        List<Dead> dead = new ArrayList<>();
        while (!lastPieces.isEmpty() && lastPieces.values().iterator().next() <= time) {
            dead.addAll(end(lastPieces.keySet().iterator().next(), alphabet, now, timestamp));
        }
        return dead;
    }

    private List<Dead> end(String name, Alphabet alphabet, long now, long timestamp) throws IOException {
        Stream stream = load(name);
        Before before = before(stream);
        List<Dead> dead = read(stream, stream.records().giveUpAll(), alphabet);
        byte[] unfinished = stream.end(timestamp);
        if (unfinished.length > 0) {
            dead.add(new Dead(null, unfinished));
        }
        changed(name, stream, before, now);
        return dead;
    }

    /** Moves the planned symbols out of their streams. */
    StreamWindow take(Plan plan, Alphabet alphabet) throws IOException {
        StreamWindow window = StreamWindow.take(plan, this::takeFrom, alphabet, stateLength);
        window.streams().forEach(stream -> pendingBytes += stream.pendingBytes());
        return window;
    }

    private Stream takeFrom(String name) throws IOException {
        Stream stream = load(name);
        pendingBytes -= stream.pendingBytes();
        return stream;
    }

    /** Puts the streams of a training step back, with the states that it left. */
    void learned(StreamWindow window, long now) throws IOException {
        for (int lane = 0; lane < window.streams().size(); lane++) {
            String name = window.names().get(lane);
            Stream stream = window.streams().get(lane);
            stream.learned();
            packer.learned(name, stream, now);
            keys.setCurrentKey(name);
            keep(name, stream);
        }
    }

    private Stream load(String name) throws IOException {
        keys.setCurrentKey(name);
        return state.value();
    }

    private void keep(String name, Stream stream) throws IOException {
        if (stream.takeForgotten()) {
            forget.accept(name);
        }
        if (stream.finished()) {
            state.clear();
            known--;
        } else {
            state.update(stream);
        }
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        if (second.length == 0) {
            return first;
        }
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
