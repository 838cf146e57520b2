package io.babble.job.state;

import io.babble.model.writing.Request;
import io.babble.model.writing.Sampling;
import io.babble.model.writing.Text;
import io.babble.records.Origin;
import io.babble.records.Prompt;
import io.babble.records.Sample;
import io.babble.text.SavedForm;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The answer to a prompt: its text as far as it is written, and the number of pieces that were sent. */
public final class Answer {
    private static final byte VERSION = 1;
    private static final byte PROMPT = 1;
    private static final byte PERIODIC = 2;

    private final Text text;
    private final Origin origin;
    private final long turn;
    private long pieces;

    /**
     * What a piece says about its origin.
     *
     * @param version of the model that wrote it
     * @param bitsPerByte of that model
     * @param attempt a random token of this start of the writer
     * @param at ms since 1970
     */
    public record Stamp(long version, double bitsPerByte, String attempt, long at) {}

    private Answer(Text text, Origin origin, long turn, long pieces) {
        this.text = text;
        this.origin = origin;
        this.turn = turn;
        this.pieces = pieces;
    }

    /**
     * The answer to a prompt, before its first character.
     *
     * @param turn place in the order in which prompts are answered
     */
    public static Answer to(Prompt prompt, long turn) {
        Request request = new Request(
                prompt.prompt(),
                prompt.length(),
                new Sampling(prompt.temperature(), prompt.topK(), prompt.topP()),
                prompt.seed(),
                prompt.stop() == null ? "" : prompt.stop());
        return new Answer(new Text(request), prompt.origin(), turn, 0);
    }

    public Text text() {
        return text;
    }

    public long turn() {
        return turn;
    }

    /** What was written since the last piece; null if nothing was. */
    public Sample nextPiece(String id, Stamp stamp) {
        long offset = text.offset();
        String written = text.takeWritten();
        return written.isEmpty() && !text.isDone() ? null : piece(id, offset, written, text.isDone(), null, stamp);
    }

    /** What was written since the last piece, as the end of a text that is broken off. */
    public Sample lastPiece(String id, String error, Stamp stamp) {
        long offset = text.offset();
        return piece(id, offset, text.takeWritten(), true, error, stamp);
    }

    private Sample piece(String id, long offset, String written, boolean done, String error, Stamp stamp) {
        long sequence = pieces++;
        Request request = text.request();
        return new Sample(
                id,
                sequence,
                offset,
                written,
                done,
                origin,
                sequence == 0 ? request.prompt() : null,
                stamp.version(),
                stamp.bitsPerByte(),
                request.sampling().temperature(),
                request.seed(),
                stamp.attempt(),
                error,
                stamp.at());
    }

    /** Writes everything that {@link #read(DataInput)} needs, beginning with a version. */
    public void write(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        text.write(out);
        out.writeByte(origin == Origin.PROMPT ? PROMPT : PERIODIC);
        out.writeLong(turn);
        out.writeLong(pieces);
    }

    /**
     * Reads what {@link #write(DataOutput)} wrote.
     *
     * @throws IOException if a later version of this class wrote the bytes
     */
    public static Answer read(DataInput in) throws IOException {
        SavedForm.readVersion(in, "An answer", VERSION);
        Text text = Text.read(in);
        Origin origin = in.readByte() == PROMPT ? Origin.PROMPT : Origin.PERIODIC;
        return new Answer(text, origin, in.readLong(), in.readLong());
    }
}
