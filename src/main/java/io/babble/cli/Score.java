package io.babble.cli;

import io.babble.model.LearnedWindow;

/** Prequential loss over many windows. */
final class Score {
    private long symbols;
    private long measured;
    private double bits;
    private long skipped;

    void add(LearnedWindow window) {
        symbols += window.textTargets();
        skipped += window.step().skipped() ? 1 : 0;
        if (Double.isFinite(window.textBits())) {
            measured += window.textTargets();
            bits += window.textBits();
        }
    }

    /** Text symbols learned, also those whose loss was not finite. */
    long symbols() {
        return symbols;
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
