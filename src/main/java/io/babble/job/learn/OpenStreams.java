package io.babble.job.learn;

import io.babble.job.source.Piece;
import io.babble.text.Alphabet;
import io.babble.text.Packer;
import io.babble.text.Packer.Plan;
import io.babble.text.Stream;
import io.babble.text.Window;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;

/**
 * The streams in keyed state, with what must be known of all of them at once: their turns, which was used least recently, how
 * much is pending. That index is made anew after a restart.
 */
final class OpenStreams {
    private final KeyedStateBackend<String> keys;
    private final ValueState<Stream> state;
    private final Packer packer;
    private final int stateLength;

    /** When each open stream's last piece came, ms; the least recently used one first. */
    private final Map<String, Long> lastPieces = new LinkedHashMap<>();

    private int known;
    private long uses;
    private long pendingBytes;

    /** The streams of one training step; {@code oldestTimestamp} is the time of the oldest record in it, ms since 1970. */
    record Lanes(List<String> names, Stream[] streams, Window window, float[][] states, long oldestTimestamp) {}

    /** @param stateLength length of a stream's (h, c) */
    OpenStreams(KeyedStateBackend<String> keys, ValueState<Stream> state, Packer packer, int stateLength) {
        this.keys = keys;
        this.state = state;
        this.packer = packer;
        this.stateLength = stateLength;
    }

    /**
     * Makes the index from the state that a checkpoint held. Silence counts from now on: text of a stream may have come while no job
     * ran, and wait in the topic.
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

    /** Takes in a piece, whose characters the alphabet gets to know; gives back the bytes that are no text. */
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
        packer.arrived(piece.stream(), stream, now);
        lastPieces.remove(piece.stream());
        if (!stream.ended() && !stream.finished()) {
            lastPieces.put(piece.stream(), now);
        }
        keep(stream);
        return joined(dead, unfinished);
    }

    /** Streams that have not ended. */
    int open() {
        return lastPieces.size();
    }

    /** Streams in the state: the open ones, and those that ended with a rest that is not learned yet. */
    int known() {
        return known;
    }

    /** Bytes of text that came in and are not learned yet. */
    long pendingBytes() {
        return pendingBytes;
    }

    /** The open stream whose last piece came first. */
    Optional<Map.Entry<String, Long>> leastRecentlyUsed() {
        return lastPieces.entrySet().stream().findFirst();
    }

    /** Ends a stream; gives back bytes of a character that is now never finished. */
    byte[] end(String name, long now) throws IOException {
        lastPieces.remove(name);
        Stream stream = load(name);
        int before = stream.pendingBytes();
        byte[] dead = stream.end(now);
        pendingBytes += stream.pendingBytes() - before;
        packer.arrived(name, stream, now);
        keep(stream);
        return dead;
    }

    /** Moves the planned text out of its streams. */
    Lanes take(Plan plan, Alphabet alphabet) throws IOException {
        int lanes = plan.streams().size();
        int[] inputs = new int[lanes * plan.steps()];
        int[] targets = new int[lanes * plan.steps()];
        Stream[] streams = new Stream[lanes];
        float[][] states = new float[lanes][];
        long oldest = Long.MAX_VALUE;
        for (int lane = 0; lane < lanes; lane++) {
            Stream stream = load(plan.streams().get(lane));
            oldest = Math.min(oldest, stream.oldestTimestamp());
            pendingBytes -= stream.pendingBytes();
            stream.take(alphabet, plan.steps(), lane, lanes, inputs, targets);
            pendingBytes += stream.pendingBytes();
            streams[lane] = stream;
            states[lane] = stream.state(stateLength);
        }
        return new Lanes(plan.streams(), streams, new Window(lanes, plan.steps(), inputs, targets), states, oldest);
    }

    /** Puts the streams of a training step back, with the states that it left. */
    void learned(Lanes lanes, long now) throws IOException {
        for (int lane = 0; lane < lanes.streams().length; lane++) {
            String name = lanes.names().get(lane);
            Stream stream = lanes.streams()[lane];
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

    private static byte[] joined(byte[] first, byte[] second) {
        if (second.length == 0) {
            return first;
        }
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
