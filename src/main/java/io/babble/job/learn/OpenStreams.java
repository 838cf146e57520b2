package io.babble.job.learn;

import io.babble.job.source.Piece;
import io.babble.text.Alphabet;
import io.babble.text.Packer;
import io.babble.text.Packer.Plan;
import io.babble.text.Stream;
import io.babble.text.StreamWindow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;

/**
 * The streams in keyed state, with an index of what must be known across them: their turns, which was used least recently, how much
 * is pending. The index is rebuilt when the state is restored.
 */
final class OpenStreams {
    private final KeyedStateBackend<String> keys;
    private final ValueState<Stream> state;
    private final Packer packer;
    private final int stateLength;
    private final int maxOpen;

    /** The time of each open stream's last piece, ms; the least recently used stream first. */
    private final Map<String, Long> lastPieces = new LinkedHashMap<>();

    private int known;
    private long uses;
    private long pendingBytes;
    private long acceptedBytes;

    /**
     * An empty index.
     *
     * @param stateLength of the model's state, one for each stream
     * @param maxOpen most open streams
     */
    OpenStreams(KeyedStateBackend<String> keys, ValueState<Stream> state, Packer packer, int stateLength, int maxOpen) {
        this.keys = keys;
        this.state = state;
        this.packer = packer;
        this.stateLength = stateLength;
        this.maxOpen = maxOpen;
    }

    /**
     * Rebuilds the index from restored state. Idle time counts from now on: text of a stream may have been published while no job ran,
     * and wait in the topic.
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
                    packer.restored(name, stream, now);
                    if (!stream.ended()) {
                        open.add(new Restored(name, stream.use()));
                    }
                });
        open.sort(Comparator.comparingLong(Restored::use));
        open.forEach(stream -> lastPieces.put(stream.name(), now));
    }

    /** Adds a piece to its stream, and new characters to the alphabet; returns the bytes that are not UTF-8. */
    byte[] accept(Piece piece, Alphabet alphabet, long now) throws IOException {
        Stream stream = load(piece.stream());
        if (stream == null) {
            stream = new Stream();
            known++;
        }
        int before = stream.pendingBytes();
        byte[] dead = stream.read(alphabet, piece.text(), piece.timestamp());
        byte[] unfinished =
                switch (piece.ending()) {
                    case NOTHING -> new byte[0];
                    case TEXT -> stream.endText(piece.timestamp());
                    case STREAM -> stream.end(piece.timestamp());
                };
        stream.setUse(uses++);
        pendingBytes += stream.pendingBytes() - before;
        acceptedBytes += piece.text().length;
        packer.arrived(piece.stream(), stream, now);
        lastPieces.remove(piece.stream());
        if (!stream.ended() && !stream.finished()) {
            lastPieces.put(piece.stream(), now);
        }
        keep(stream);
        return concatenated(dead, unfinished);
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
     * @return of each of them that stopped within a character, its bytes, which are not UTF-8 now
     */
    List<byte[]> evict(long now, long timestamp) throws IOException {
        List<byte[]> dead = new ArrayList<>();
        while (open() > maxOpen) {
            end(lastPieces.keySet().iterator().next(), now, timestamp, dead);
        }
        return dead;
    }

    /** Ends the streams without a piece since {@code time}, ms; returns the same as {@link #evict}. */
    List<byte[]> endIdleSince(long time, long now, long timestamp) throws IOException {
        List<byte[]> dead = new ArrayList<>();
        while (!lastPieces.isEmpty() && lastPieces.values().iterator().next() <= time) {
            end(lastPieces.keySet().iterator().next(), now, timestamp, dead);
        }
        return dead;
    }

    private void end(String name, long now, long timestamp, List<byte[]> dead) throws IOException {
        lastPieces.remove(name);
        Stream stream = load(name);
        int before = stream.pendingBytes();
        byte[] unfinished = stream.end(timestamp);
        pendingBytes += stream.pendingBytes() - before;
        packer.arrived(name, stream, now);
        keep(stream);
        if (unfinished.length > 0) {
            dead.add(unfinished);
        }
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
            keep(stream);
        }
    }

    private Stream load(String name) throws IOException {
        keys.setCurrentKey(name);
        return state.value();
    }

    private void keep(Stream stream) throws IOException {
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
