package io.babble.job.learn;

import io.babble.job.Settings;
import java.util.Locale;
import java.util.Map;

/** Prints how fast the operator learns where it knows few streams and where it knows many, by turns. */
public final class ManyStreams {
    private static final int FEW = 10;
    private static final int MANY = 100_000;
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

    private ManyStreams() {}

    public static void main(String[] args) throws Exception {
        try (LearnerHarness few = knowing(FEW);
                LearnerHarness many = knowing(MANY)) {
            symbolsPerSecond(few, FEW);
            for (int round = 0; round < ROUNDS; round++) {
                double withFew = symbolsPerSecond(few, FEW);
                double withMany = symbolsPerSecond(many, MANY);
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

    private static LearnerHarness knowing(int streams) throws Exception {
        LearnerHarness learner = LearnerHarness.started(SETTINGS);
        for (int stream = 0; stream < streams; stream++) {
            learner.read(Integer.toString(stream), " ");
        }
        return learner;
    }

    private static double symbolsPerSecond(LearnerHarness learner, int streams) throws Exception {
        long begin = System.nanoTime();
        for (int piece = 0; piece < PIECES; piece++) {
            learner.read(Integer.toString((int) (7919L * piece % streams)), PIECE);
        }
        return (double) PIECES * PIECE.length() / (System.nanoTime() - begin) * 1e9;
    }
}
