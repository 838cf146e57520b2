package io.babble.cli;

import io.babble.model.LearnedWindow;

/** Prequential loss over many windows. */
final class Score {
    private long symbols;
    private long unknown;
    private long measured;
    private double bits;
    private long skipped;

    void add(LearnedWindow window) {
        symbols += window.content().bytes();
        unknown += window.content().unknown();
        skipped += window.step().skipped() ? 1 : 0;
        if (Double.isFinite(window.textBits())) {
            measured += window.content().measuredBytes();
            bits += window.textBits();
        }
    }

    /** Bytes of text learned, also those whose loss was not finite. */
    long symbols() {
        return symbols;
    }

    /** Characters that the alphabet had no place for. */
    long unknown() {
        return unknown;
    }

    /** Windows whose step changed no weight. */
    long skipped() {
        return skipped;
    }

    /** NaN before the first symbol. */
    double bitsPerByte() {
        return measured == 0 ? Double.NaN : bits / measured;
    }
}
