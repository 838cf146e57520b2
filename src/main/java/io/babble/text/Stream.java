package io.babble.text;

import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * One continuous text: its symbols that are not learned yet, and the model's state after those that are.
 *
 * <p>A symbol is learned when it was a target. A stream begins with end-of-text as input, so that its first symbol is
 * learned too. Only whole characters become symbols: up to 3 bytes of a character that a piece cuts are carried to the
 * next piece.
 */
public final class Stream {
    private static final byte VERSION_1 = 1;
    private static final byte VERSION_2 = 2;
    private static final byte VERSION_3 = 3;
    private static final byte[] NOTHING = {};
    private static final float[] NO_STATE = {};

    /** A piece of text: the position after its last symbol, and the timestamp of its record. */
    private record Arrival(long end, long timestamp) {}

    /** A position where the stream ended, and its state is dropped. */
    private record End(long position, boolean forget) {}

    private SymbolQueue pending = new SymbolQueue();
    private final Deque<Arrival> arrivals = new ArrayDeque<>();
    private final Deque<End> ends = new ArrayDeque<>();
    /** Pending symbols minus the bytes that they stand for; for the {@code bytes} alphabet, the end-of-texts. */
    private int pendingWithoutByte;

    private byte[] carried = NOTHING;
    private int input = Alphabet.END_OF_TEXT;
    private int newest = Alphabet.END_OF_TEXT;
    private long position;
    private float[] state;
    private long turn;
    private long use;
    private boolean forgotten;
    private RecordOrder records = new RecordOrder();

    /**
     * The order of the records whose text is to be {@linkplain #read(Alphabet, byte[], long) read}; what waits in it is
     * pending.
     */
    public RecordOrder records() {
        return records;
    }

    /**
     * Adds the next bytes of the text.
     *
     * @param alphabet to which new characters are added
     * @param timestamp time of the record that they came in, ms since 1970
     * @return the bytes that are not UTF-8, carried ones included; they are not part of the text
     */
    public byte[] read(Alphabet alphabet, byte[] bytes, long timestamp) {
        ByteArrayOutputStream dead = new ByteArrayOutputStream(0);
        int automaton = Utf8.START;
        byte[] character = new byte[4];
        int length = 0;
        for (byte value : carried) {
            character[length++] = value;
            automaton = Utf8.next(automaton, value & 0xFF);
        }
        for (byte value : bytes) {
            int next = Utf8.next(automaton, value & 0xFF);
            if (next == Utf8.REJECT && length > 0) {
                dead.write(character, 0, length);
                length = 0;
                next = Utf8.next(Utf8.START, value & 0xFF);
            }
            if (next == Utf8.REJECT) {
                dead.write(value);
                next = Utf8.START;
            } else {
                character[length++] = value;
                if (next == Utf8.START) {
                    append(alphabet, character, length);
                    length = 0;
                }
            }
            automaton = next;
        }
        carried = length == 0 ? NOTHING : Arrays.copyOf(character, length);
        noteArrival(timestamp);
        return dead.toByteArray();
    }

    /**
     * Ends a text; the stream continues with the next one.
     *
     * @return the bytes of an unfinished character, which are not UTF-8 now
     */
    public byte[] endText(long timestamp) {
        byte[] dead = carried;
        carried = NOTHING;
        if (newest != Alphabet.END_OF_TEXT) {
            pending.add(Alphabet.END_OF_TEXT);
            pendingWithoutByte++;
            newest = Alphabet.END_OF_TEXT;
            noteArrival(timestamp);
        }
        return dead;
    }

    /**
     * Ends the text and the stream: once the rest is learned, the model's state is dropped; later text starts from a
     * zero state.
     *
     * @return the bytes of an unfinished character, which are not UTF-8 now
     */
    public byte[] end(long timestamp) {
        return end(timestamp, false);
    }

    /** As {@link #end(long)}; what was learned until then is to be {@linkplain #takeForgotten() forgotten}. */
    public byte[] endAndForget(long timestamp) {
        return end(timestamp, true);
    }

    private byte[] end(long timestamp, boolean forget) {
        byte[] dead = endText(timestamp);
        boolean forgetsAlready = endsHere() && ends.removeLast().forget();
        ends.add(new End(position + pending.size(), forget || forgetsAlready));
        learned();
        return dead;
    }

    /** Whether since the last call an end was learned with which the stream's text is to be forgotten. */
    public boolean takeForgotten() {
        boolean taken = forgotten;
        forgotten = false;
        return taken;
    }

    /** Symbols that one window can take: all that are pending, or those before the stream's end. */
    public int available() {
        return ends.isEmpty() ? pending.size() : (int) (ends.getFirst().position() - position);
    }

    /** Whether the stream ends after what is {@link #available()}. */
    public boolean ending() {
        return !ends.isEmpty();
    }

    /** Whether the stream has ended and no text came after its end. */
    public boolean ended() {
        return endsHere() && records.isEmpty();
    }

    private boolean endsHere() {
        return !ends.isEmpty() && ends.getLast().position() == position + pending.size() && carried.length == 0;
    }

    /** Whether the stream can be forgotten: nothing is pending, no record is incomplete, and it has no state. */
    public boolean finished() {
        return pending.size() == 0 && carried.length == 0 && state == null && records.isEmpty();
    }

    /** Bytes that have arrived and are not learned yet. */
    public int pendingBytes() {
        return pending.size() - pendingWithoutByte + carried.length + records.waitingBytes();
    }

    /** Timestamp of the record of the oldest pending symbol, ms since 1970. */
    public long oldestTimestamp() {
        return arrivals.getFirst().timestamp();
    }

    /** Symbols learned so far, end-of-texts included. */
    public long position() {
        return position;
    }

    /** Moves the next symbols into one lane of a window; {@code inputs} and {@code targets} are {@code (T, N)}. */
    public void take(Alphabet alphabet, int steps, int lane, int lanes, int[] inputs, int[] targets) {
        for (int step = 0; step < steps; step++) {
            int target = pending.take();
            pendingWithoutByte -= 1 - alphabet.bytes(target);
            inputs[step * lanes + lane] = input;
            targets[step * lanes + lane] = target;
            input = target;
        }
        position += steps;
        while (!arrivals.isEmpty() && arrivals.getFirst().end() <= position) {
            arrivals.removeFirst();
        }
    }

    /** The model's state after the symbols taken so far, zero at first; a training step updates it in place. */
    public float[] state(int length) {
        if (state == null) {
            state = new float[length];
        }
        return state;
    }

    /** Is called after a training step: drops the state where the stream ended. */
    public void learned() {
        while (!ends.isEmpty() && ends.getFirst().position() == position) {
            forgotten |= ends.removeFirst().forget();
            state = null;
            input = Alphabet.END_OF_TEXT;
        }
    }

    /** Place in the order in which streams are learned from; the smallest is next. */
    public long turn() {
        return turn;
    }

    void setTurn(long turn) {
        this.turn = turn;
    }

    /** Number of the last piece: the least recently used stream has the smallest. */
    public long use() {
        return use;
    }

    public void setUse(long use) {
        this.use = use;
    }

    /** Writes everything that {@link #read(DataInput)} needs, beginning with a version. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION_3);
        pending.write(out);
        out.writeInt(pendingWithoutByte);
        out.writeInt(arrivals.size());
        for (Arrival arrival : arrivals) {
            out.writeLong(arrival.end());
            out.writeLong(arrival.timestamp());
        }
        out.writeInt(ends.size());
        for (End end : ends) {
            out.writeLong(end.position());
            out.writeBoolean(end.forget());
        }
        out.writeByte(carried.length);
        out.write(carried);
        out.writeInt(input);
        out.writeInt(newest);
        out.writeLong(position);
        out.writeLong(turn);
        out.writeLong(use);
        SavedForm.writeFloats(state == null ? NO_STATE : state, out);
        records.write(out);
    }

    /**
     * Reads what {@link #write(DataOutput)} wrote; an end forgets if, up to version 2, it is not known.
     *
     * @throws IOException if a later version of this class wrote the bytes
     */
    public static Stream read(DataInput in) throws IOException {
        byte version = SavedForm.readVersion(in, "A stream", VERSION_3);
        Stream stream = new Stream();
        stream.pending = SymbolQueue.read(in);
        stream.pendingWithoutByte = in.readInt();
        for (int left = in.readInt(); left > 0; left--) {
            stream.arrivals.add(new Arrival(in.readLong(), in.readLong()));
        }
        for (int left = in.readInt(); left > 0; left--) {
            stream.ends.add(new End(in.readLong(), version <= VERSION_2 || in.readBoolean()));
        }
        stream.carried = new byte[in.readByte()];
        in.readFully(stream.carried);
        stream.input = in.readInt();
        stream.newest = in.readInt();
        stream.position = in.readLong();
        stream.turn = in.readLong();
        stream.use = in.readLong();
        float[] state = SavedForm.readFloats(in);
        stream.state = state.length == 0 ? null : state;
        stream.records = version == VERSION_1 ? new RecordOrder() : RecordOrder.read(in);
        return stream;
    }

    private void append(Alphabet alphabet, byte[] character, int length) {
        for (int at = 0; at < length; at += alphabet.bytes(newest)) {
            newest = alphabet.learnAt(character, at);
            pending.add(newest);
            pendingWithoutByte += 1 - alphabet.bytes(newest);
        }
    }

    private void noteArrival(long timestamp) {
        long end = position + pending.size();
        if (end > (arrivals.isEmpty() ? position : arrivals.getLast().end())) {
            arrivals.add(new Arrival(end, timestamp));
        }
    }
}
