package io.babble.model.writing;

import io.babble.model.SplitMix64;
import io.babble.text.Alphabet;
import io.babble.text.SavedForm;
import io.babble.text.Utf8;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A text in progress: everything that the next symbol depends on, except for the weights.
 *
 * <p>It reads end-of-text, as every stream does, then its prompt; then it writes whole characters of valid UTF-8. It
 * ends at its length, before its stop text, or where the model ends it, but not before the first character, so that a
 * prompt that looks finished is still continued. Saved with {@link #write} and read back it continues exactly where it
 * was.
 */
public final class Text {
    private static final byte VERSION_1 = 1;

    private final Request request;
    private final byte[] prompt;
    private final StopText stop;
    private final SplitMix64 random;
    private float[] state = {};
    /** What the model reads next. */
    private int symbol = Alphabet.END_OF_TEXT;

    private int promptRead;
    private int characters;
    private int taken;
    private Ending ending;

    /**
     * Written and not taken yet: begins with a whole character, and holds the bytes that the three fields below
     * describe.
     */
    private byte[] pending = {};

    private int utf8 = Utf8.START;
    private int unfinished;
    private int stopMatched;

    public Text(Request request) {
        this(request, new SplitMix64(request.seed()));
    }

    private Text(Request request, SplitMix64 random) {
        this.request = request;
        this.random = random;
        prompt = request.prompt().getBytes(StandardCharsets.UTF_8);
        stop = new StopText(request.stop());
    }

    public Request request() {
        return request;
    }

    public boolean isDone() {
        return ending != null;
    }

    /** Why the text is done, or null while it is not. */
    public Ending ending() {
        return ending;
    }

    /** Characters taken so far: the offset of what {@link #takeWritten} returns next. */
    public int offset() {
        return taken;
    }

    /**
     * The characters written since the last call, often none: what may be the beginning of the stop text is held back.
     * Once the text is done, all the rest.
     */
    public String takeWritten() {
        int ready = pending.length - (isDone() ? 0 : Math.max(unfinished, stopMatched));
        String written = new String(pending, 0, ready, StandardCharsets.UTF_8);
        pending = Arrays.copyOfRange(pending, ready, pending.length);
        taken += written.codePointCount(0, written.length());
        return written;
    }

    /** Saves the text for {@link #read}. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION_1);
        writeBytes(prompt, out);
        out.writeInt(request.length());
        out.writeDouble(request.sampling().temperature());
        out.writeInt(request.sampling().topK());
        out.writeDouble(request.sampling().topP());
        out.writeLong(request.seed());
        writeBytes(request.stop().getBytes(StandardCharsets.UTF_8), out);
        out.writeLong(random.state());
        out.writeInt(symbol);
        out.writeInt(promptRead);
        out.writeInt(characters);
        out.writeInt(taken);
        out.writeByte(ending == null ? 0 : ending.code());
        writeBytes(pending, out);
        ByteBuffer stateBytes = ByteBuffer.allocate(state.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        stateBytes.asFloatBuffer().put(state);
        writeBytes(stateBytes.array(), out);
    }

    /**
     * A text that {@link #write} saved.
     *
     * @throws IOException also if a version wrote it that is not known here
     */
    public static Text read(DataInput in) throws IOException {
        SavedForm.readVersion(in, "A text in progress", VERSION_1);
        Request request = new Request(
                new String(readBytes(in), StandardCharsets.UTF_8),
                in.readInt(),
                new Sampling(in.readDouble(), in.readInt(), in.readDouble()),
                in.readLong(),
                new String(readBytes(in), StandardCharsets.UTF_8));
        Text text = new Text(request, new SplitMix64(in.readLong()));
        text.symbol = in.readInt();
        text.promptRead = in.readInt();
        text.characters = in.readInt();
        text.taken = in.readInt();
        text.ending = Ending.ofCode(in.readByte());
        text.pending = readBytes(in);
        for (byte value : text.pending) {
            text.follow(value);
        }
        byte[] state = readBytes(in);
        text.state = new float[state.length / Float.BYTES];
        ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(text.state);
        return text;
    }

    /** The symbol that the model reads next. */
    int symbol() {
        return symbol;
    }

    /** The model's state before that symbol, zero at first. */
    float[] state(int length) {
        if (state.length == 0) {
            state = new float[length];
        }
        return state;
    }

    /** Continues with what the model predicts after {@link #symbol}: logits {@code (V)}. */
    void goOn(Alphabet alphabet, float[] logits, Sampler sampler) {
        if (promptRead < prompt.length) {
            symbol = alphabet.symbolAt(prompt, promptRead);
            promptRead += alphabet.bytes(symbol);
            return;
        }
        symbol = sampler.next(logits, request.sampling(), random, candidate -> mayFollow(alphabet, candidate));
        if (symbol == Alphabet.END_OF_TEXT) {
            ending = Ending.END_OF_TEXT;
        } else {
            for (byte value : alphabet.utf8(symbol)) {
                append(value);
            }
        }
    }

    private boolean mayFollow(Alphabet alphabet, int candidate) {
        return candidate == Alphabet.END_OF_TEXT
                ? utf8 == Utf8.START && characters > 0
                : alphabet.mayFollow(utf8, candidate);
    }

    private void append(byte value) {
        pending = Arrays.copyOf(pending, pending.length + 1);
        pending[pending.length - 1] = value;
        follow(value);
        if (utf8 == Utf8.START) {
            characters++;
        }
        if (stop.isWhole(stopMatched)) {
            pending = Arrays.copyOf(pending, pending.length - stopMatched);
            ending = Ending.STOP;
        } else if (characters == request.length()) {
            ending = Ending.LENGTH;
        }
    }

    private void follow(byte value) {
        utf8 = Utf8.next(utf8, value & 0xFF);
        unfinished = utf8 == Utf8.START ? 0 : unfinished + 1;
        stopMatched = stop.matchedAfter(stopMatched, value);
    }

    private static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readBytes(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }
}
