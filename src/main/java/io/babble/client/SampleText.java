package io.babble.client;

import io.babble.records.Sample;

/** One text, put together from its pieces: what comes again after a failure is cut off at the offset. */
public final class SampleText {
    private static final long NOTHING_YET = -1;

    /** The offset of the next new character. */
    private long next = NOTHING_YET;

    private boolean done;
    private String error;

    /** What is new in the piece; a missing part is an ellipsis. */
    public String add(Sample piece) {
        if (done || refusesAnother(piece)) {
            return "";
        }
        boolean missing = piece.offset() > Math.max(0, next);
        long known = next == NOTHING_YET ? 0 : Math.max(0, next - piece.offset());
        String text = piece.text();
        int characters = text.codePointCount(0, text.length());
        String fresh = known >= characters ? "" : text.substring(text.offsetByCodePoints(0, (int) known));
        next = Math.max(next, piece.offset() + characters);
        done = piece.done();
        error = piece.error();
        return missing ? "…" + fresh : fresh;
    }

    public boolean done() {
        return done;
    }

    /** Why the text ended; null when all is well. */
    public String error() {
        return error;
    }

    /** A second prompt under the id of a text in progress is refused under that id; the text goes on. */
    private boolean refusesAnother(Sample piece) {
        return piece.error() != null && piece.sequence() == 0 && next != NOTHING_YET;
    }
}
