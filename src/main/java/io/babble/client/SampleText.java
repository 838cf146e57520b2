package io.babble.client;

import io.babble.records.Sample;

/** Joins the pieces of one text. Drops characters that are repeated after a failure, as their offsets show. */
public final class SampleText {
    private static final long NOT_STARTED = -1;

    /** The offset of the next new character. */
    private long next = NOT_STARTED;

    private boolean done;
    private String error;

    /** Returns the new characters of the piece, after an ellipsis if characters before it are missing. */
    public String add(Sample piece) {
        if (done || refusesSecondPrompt(piece)) {
            return "";
        }
        boolean missing = piece.offset() > Math.max(0, next);
        long repeated = next == NOT_STARTED ? 0 : Math.max(0, next - piece.offset());
        String text = piece.text();
        int characters = text.codePointCount(0, text.length());
        String fresh = repeated >= characters ? "" : text.substring(text.offsetByCodePoints(0, (int) repeated));
        next = Math.max(next, piece.offset() + characters);
        done = piece.done();
        error = piece.error();
        return missing ? "…" + fresh : fresh;
    }

    public boolean done() {
        return done;
    }

    /** Why the text ended early; null when there is no error. */
    public String error() {
        return error;
    }

    /** A second prompt with the id of a text in progress is refused under that id, and the text continues. */
    private boolean refusesSecondPrompt(Sample piece) {
        return piece.error() != null && piece.sequence() == 0 && next != NOT_STARTED;
    }
}
