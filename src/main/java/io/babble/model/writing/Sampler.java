package io.babble.model.writing;

import io.babble.model.SplitMix64;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Samples the next symbol from a row of logits.
 *
 * <p>In this order: symbols that may not follow are masked; the logits are divided by the temperature; top-k; top-p
 * (Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020, section 3.1) of what top-k left; one draw.
 * Equal logits are ordered by symbol, so that the result is unique. NaN counts as −∞, which is never sampled, and +∞ as
 * the largest float; if no symbol is left, all that may follow are equally likely.
 *
 * <p>Keeps scratch space for one row: belongs to one thread at a time.
 */
public final class Sampler {
    private final int[] candidates;
    private final double[] weights;
    private final long[] order;

    /**
     * A sampler for rows of {@code symbols} logits.
     *
     * @param symbols V
     */
    public Sampler(int symbols) {
        candidates = new int[symbols];
        weights = new double[symbols];
        order = new long[symbols];
    }

    /**
     * One symbol. Draws once from {@code random}, or not at all at temperature 0.
     *
     * @param logits {@code (V)}, not modified
     * @param mayFollow which symbols may be sampled; true for at least one
     */
    public int next(float[] logits, Sampling sampling, SplitMix64 random, IntPredicate mayFollow) {
        int count = collect(logits, mayFollow);
        if (count == 0) {
            return next(new float[logits.length], sampling, random, mayFollow);
        }
        if (sampling.temperature() == 0) {
            return mostLikely(logits, count);
        }
        boolean limited = sampling.topP() < 1 || (sampling.topK() > 0 && sampling.topK() < count);
        if (limited) {
            sort(logits, count);
        }
        if (sampling.topK() > 0) {
            count = Math.min(count, sampling.topK());
        }
        double total = weigh(logits, count, sampling.temperature());
        if (sampling.topP() < 1) {
            count = nucleus(count, sampling.topP() * total);
            total = sum(count);
        }
        return draw(count, random.nextDouble() * total);
    }

    private int collect(float[] logits, IntPredicate mayFollow) {
        int count = 0;
        boolean any = false;
        for (int symbol = 0; symbol < logits.length; symbol++) {
            if (mayFollow.test(symbol)) {
                any = true;
                if (logits[symbol] > Float.NEGATIVE_INFINITY) {
                    candidates[count++] = symbol;
                }
            }
        }
        if (!any) {
            throw new IllegalArgumentException("No symbol may follow");
        }
        return count;
    }

    private int mostLikely(float[] logits, int count) {
        int best = candidates[0];
        for (int i = 1; i < count; i++) {
            if (logits[candidates[i]] > logits[best]) {
                best = candidates[i];
            }
        }
        return best;
    }

    /** Most likely first, equal ones by symbol. */
    private void sort(float[] logits, int count) {
        for (int i = 0; i < count; i++) {
            int bits = Float.floatToIntBits(logits[candidates[i]] + 0f);
            int ascending = bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
            order[i] = ((long) ~ascending << Integer.SIZE) | candidates[i];
        }
        Arrays.sort(order, 0, count);
        for (int i = 0; i < count; i++) {
            candidates[i] = (int) order[i];
        }
    }

    /** Weights in proportion to probability, the largest 1; returns their sum. */
    private double weigh(float[] logits, int count, double temperature) {
        double largest = finite(logits[mostLikely(logits, count)]);
        for (int i = 0; i < count; i++) {
            weights[i] = Math.exp((finite(logits[candidates[i]]) - largest) / temperature);
        }
        return sum(count);
    }

    private double sum(int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
        }
        return sum;
    }

    /** The fewest symbols, most likely first, that reach {@code enough}. */
    private int nucleus(int count, double enough) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
            if (sum >= enough) {
                return i + 1;
            }
        }
        return count;
    }

    private int draw(int count, double point) {
        int last = 0;
        double sum = 0;
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                last = i;
                sum += weights[i];
                if (point < sum) {
                    break;
                }
            }
        }
        return candidates[last];
    }

    private static double finite(float logit) {
        return Math.min(logit, Float.MAX_VALUE);
    }
}
