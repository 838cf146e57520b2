package io.babble.job.learn;

import io.babble.job.options.Settings;
import java.util.Locale;
import java.util.Map;

/** Prints how fast the operator learns where it knows few streams and where it knows many, by turns. */
public final class ManyStreams implements AutoCloseable {
    private static final int FEW = 10;
    private static final int MANY = 100_000;
    /** Prime to both: every stream has its turn, neighbours at different times. */
    private static final long STRIDE = 7919;

    private static final int ROUNDS = 3;
    private static final int PIECES = 600;
    private static final String PIECE = "Speak what we feel, not what we ought to say. ".repeat(4);

    private static final Settings SETTINGS = Settings.of(Map.of(
            "babble.model.layers", "2",
            "babble.model.hidden", "512",
            "babble.window.lanes", "8",
            "babble.window.steps", "20",
            "babble.replay.lanes", "0",
            "babble.streams.max", Integer.toString(MANY),
            "babble.deterministic", "true"));

    private final LearnerHarness learner;
    private final int streams;
    private long pieces;

    /** A learner that has read a space of each stream. */
    private ManyStreams(int streams) throws Exception {
        this.streams = streams;
        learner = LearnerHarness.started(SETTINGS);
        for (int stream = 0; stream < streams; stream++) {
            learner.read(Integer.toString(stream), " ");
        }
    }

    public static void main(String[] args) throws Exception {
        try (ManyStreams few = new ManyStreams(FEW);
                ManyStreams many = new ManyStreams(MANY)) {
            few.symbolsPerSecond();
            many.symbolsPerSecond();
            for (int round = 0; round < ROUNDS; round++) {
                double withFew = few.symbolsPerSecond();
                double withMany = many.symbolsPerSecond();
                System.out.printf(
                        Locale.ROOT,
                        "%d streams: %.0f characters/s; %d streams: %.0f characters/s, %.0f %%%n",
                        FEW,
                        withFew,
                        MANY,
                        withMany,
                        100 * withMany / withFew);
            }
        }
    }

    private double symbolsPerSecond() throws Exception {
        long begin = System.nanoTime();
        for (int i = 0; i < PIECES; i++) {
            learner.read(Long.toString(STRIDE * pieces++ % streams), PIECE);
        }
        return (double) PIECES * PIECE.length() / (System.nanoTime() - begin) * 1e9;
    }

    @Override
    public void close() throws Exception {
        learner.close();
    }
}
