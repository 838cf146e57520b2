package io.babble.model;

import io.babble.text.Window;

/**
 * How much the targets of each lane count in the loss that training minimizes: lanes of replayed text must not outweigh
 * fresh ones.
 */
public final class LaneWeights {
    /** Largest share of all replayed lanes together. */
    private static final double MAX_REPLAYED = 0.4;

    private LaneWeights() {}

    /**
     * The weight of each target of a lane in the mean over all targets. The weights of all lanes have the mean 1; that
     * of a fresh lane is at least 1.
     *
     * @param lane from 0 to N − 1
     */
    public static double weight(Window window, int lane) {
        int lanes = window.lanes();
        int fresh = window.fresh();
        if (fresh == lanes) {
            return 1;
        }
        double replayed = Math.min(MAX_REPLAYED, (double) (lanes - fresh) / lanes);
        return window.isFresh(lane) ? (1 - replayed) * lanes / fresh : replayed * lanes / (lanes - fresh);
    }
}
