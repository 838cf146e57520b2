package io.babble.model;

/**
 * Prequential loss over many windows: measured on each window before it was learned (Dawid, "Statistical Theory: The
 * Prequential Approach", JRSS A 147, 1984). A window counts if its {@linkplain LearnedWindow#isMeasured loss is a
 * number}.
 */
public final class Score {
    private long steps;
    private long skipped;
    private long symbols;
    private long unknown;
    private long measuredBytes;
    private long measuredCharacters;
    private double bits;

    public void add(LearnedWindow window) {
        steps++;
        skipped += window.step().skipped() ? 1 : 0;
        symbols += window.content().bytes();
        unknown += window.content().unknown();
        if (window.isMeasured()) {
            measuredBytes += window.content().measuredBytes();
            measuredCharacters += window.content().measuredCharacters();
            bits += window.textBits();
        }
    }

    /** Training steps, skipped ones included. */
    public long steps() {
        return steps;
    }

    /** Steps that changed no weight, because loss or gradient was not finite. */
    public long skipped() {
        return skipped;
    }

    /** Bytes of text, those of skipped steps and unknown characters included. */
    public long symbols() {
        return symbols;
    }

    /** Characters that the alphabet had no room for. */
    public long unknown() {
        return unknown;
    }

    /** NaN before the first byte that was measured. */
    public double bitsPerByte() {
        return bits / measuredBytes;
    }

    /** NaN before the first character that was measured. */
    public double bitsPerCharacter() {
        return bits / measuredCharacters;
    }
}
