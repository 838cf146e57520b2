package io.babble.model;

/** Prequential loss over many windows. */
public final class Score {
    private long symbols;
    private long unknown;
    private long measured;
    private double bits;
    private long skipped;

    public void add(LearnedWindow window) {
        symbols += window.content().bytes();
        unknown += window.content().unknown();
        skipped += window.step().skipped() ? 1 : 0;
        if (Double.isFinite(window.textBits())) {
            measured += window.content().measuredBytes();
            bits += window.textBits();
        }
    }

    /** Bytes of text learned, also those whose loss was not finite. */
    public long symbols() {
        return symbols;
    }

    /** Characters that the alphabet had no place for. */
    public long unknown() {
        return unknown;
    }

    /** Windows whose step changed no weight. */
    public long skipped() {
        return skipped;
    }

    /** NaN before the first symbol. */
    public double bitsPerByte() {
        return measured == 0 ? Double.NaN : bits / measured;
    }
}
