package io.babble.client;

import io.babble.records.Sample;

/**
 * Joins the pieces of one text for output that cannot be taken back. Characters that are repeated after a failure are
 * dropped, as their offsets show.
 *
 * <p>After a failure a new attempt may write another text than was read: its pieces replace what was read from the
 * first one's offset on. As long as it repeats what was read there is nothing new; where it differs, an ellipsis and a
 * line break mark the cut, and the text goes on with the first character that differs.
 */
public final class SampleText {
    private static final String CUT = "…\n";

    private final StringBuilder read = new StringBuilder();
    /** Offset of the first character of {@link #read}: those before it are missing. */
    private long begin;
    /** Offset of the next character of the newest attempt; it may repeat what was read. */
    private long next;

    private boolean started;
    private boolean done;
    private String attempt;
    private String error;

    /** Returns the new characters of the piece, after an ellipsis if characters before it are missing. */
    public String add(Sample piece) {
        if (done || refusesSecondPrompt(piece)) {
            return "";
        }
        if (started && !isOfSameAttempt(piece)) {
            next = Math.min(next, piece.offset());
        }
        started = true;
        attempt = piece.attempt();
        done = piece.done();
        error = piece.error();
        return join(piece);
    }

    public boolean done() {
        return done;
    }

    /** Why the text ended early; null when there is no error. */
    public String error() {
        return error;
    }

    private String join(Sample piece) {
        String missing = "";
        if (piece.offset() > next) {
            missing = "…";
            read.setLength(0);
            begin = piece.offset();
            next = begin;
        }
        String text = piece.text();
        int length = text.codePointCount(0, text.length());
        int repeated = (int) Math.min(length, next - piece.offset());
        return missing + append(text.substring(text.offsetByCodePoints(0, repeated)), length - repeated);
    }

    /** Adds the next characters of the newest attempt; returns those that were not read before. */
    private String append(String fresh, int length) {
        boolean cut = next < begin;
        if (cut) {
            begin = next;
            read.setLength(0);
        }
        int at = read.offsetByCodePoints(0, (int) (next - begin));
        int same = sameCharacters(fresh, at);
        next += length;
        if (same == fresh.length() && !done && !cut) {
            return "";
        }
        cut |= at + same < read.length();
        String rest = fresh.substring(same);
        read.setLength(at + same);
        read.append(rest);
        return cut ? CUT + rest : rest;
    }

    /** How many chars of {@code fresh} are those that were read from {@code at} on; never half a character. */
    private int sameCharacters(String fresh, int at) {
        int most = Math.min(fresh.length(), read.length() - at);
        int same = 0;
        while (same < most && fresh.charAt(same) == read.charAt(at + same)) {
            same++;
        }
        boolean half = same > 0 && same < fresh.length() && Character.isLowSurrogate(fresh.charAt(same));
        return half ? same - 1 : same;
    }

    private boolean isOfSameAttempt(Sample piece) {
        return attempt == null ? piece.attempt() == null : attempt.equals(piece.attempt());
    }

    /** A refusal with the id of a text in progress, as versions without attempts sent it: the text continues. */
    private boolean refusesSecondPrompt(Sample piece) {
        return piece.error() != null && piece.sequence() == 0 && piece.attempt() == null && started;
    }
}
