package io.babble.model;

import io.babble.text.Window;

/**
 * The weights and moments of one model where they are computed. The border to portable code is the whole training step:
 * tensors leave a backend only in a snapshot.
 *
 * <p>A lane's state is a vector of {@link Shape#stateLength()}: for each layer h {@code (H)}, then c {@code (H)}. Logits are
 * {@code (N, V)}. One instance belongs to one thread at a time; instances share nothing.
 */
public interface Backend extends AutoCloseable {

    /** Takes over weights {@code (P)} and moments, each {@code (P)}; no moments means that all are zero. */
    void load(float[] weights, float[][] moments);

    /**
     * Copies what {@link #load} takes over.
     *
     * @param weights {@code (P)}, overwritten
     * @param moments each {@code (P)}, overwritten; none, or as many as the optimizer has
     */
    void copyTo(float[] weights, float[][] moments);

    /**
     * One training step: forward, mean loss over all targets {@linkplain Window#weight as they weigh}, backward, clip, guard, update.
     * A target that is an {@linkplain io.babble.text.Alphabet#isUnknown unknown} character has neither loss nor gradient, and counts in
     * the mean, so that what the others weigh does not depend on it.
     *
     * @param states the state of each lane; on return the state after the window. Unchanged where the step was skipped
     * @param update number of this update, from 1: Adam's bias correction needs it
     * @param dropoutSeed what the dropout masks of this step follow from
     */
    StepResult train(Window window, float[][] states, double learningRate, long update, long dropoutSeed);

    /** The loss of a window without learning from it and without dropout; states advance as in training. */
    StepResult measure(Window window, float[][] states);

    /**
     * Reads one symbol a lane without learning.
     *
     * @param symbols {@code (N)}
     * @param states the state of each lane, advanced by one step
     * @param logits {@code (N, V)}, overwritten
     */
    void decode(int[] symbols, float[][] states, float[][] logits);

    @Override
    void close();
}
