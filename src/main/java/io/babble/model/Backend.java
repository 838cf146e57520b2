package io.babble.model;

import io.babble.text.Window;

/**
 * The weights and moments of one model, in the memory of the device that computes them. The interface is whole training
 * steps: tensors leave a backend only in a snapshot.
 *
 * <p>The state of a lane is a vector of length {@link Shape#stateLength()}, in the order of {@link Shape#stateOffset}.
 * Logits are {@code (N, V)}. An instance belongs to one thread at a time; instances do not influence each other.
 */
public interface Backend extends AutoCloseable {

    /** Copies weights {@code (P)} and moments, each {@code (P)}, to the device; without moments all are zero. */
    void load(float[] weights, float[][] moments);

    /**
     * Copies weights and moments from the device.
     *
     * @param weights {@code (P)}, overwritten
     * @param moments each {@code (P)}, overwritten; none, or as many as the optimizer keeps
     */
    void copyTo(float[] weights, float[][] moments);

    /**
     * One training step: forward pass, mean loss over all targets {@linkplain LaneWeights weighted by lane}, backward
     * pass, guard, clipping, update. A target that is an {@linkplain io.babble.text.Alphabet#isUnknown unknown}
     * character has neither loss nor gradient, but counts in the number of targets, so that the weight of the others
     * does not depend on it.
     *
     * @param states the state of each lane; on return the state after the window, or unchanged if the step was skipped
     * @param update number of this update, from 1, for Adam's bias correction
     * @param dropoutSeed seed of the dropout masks of this step
     */
    StepResult train(Window window, float[][] states, double learningRate, long update, long dropoutSeed);

    /** The loss of a window, without dropout and without an update; states advance as in training. */
    StepResult measure(Window window, float[][] states);

    /**
     * Reads one symbol for each lane, without an update.
     *
     * @param symbols {@code (N)}
     * @param states the state of each lane, advanced by one step
     * @param logits {@code (N, V)}, overwritten
     */
    void decode(int[] symbols, float[][] states, float[][] logits);

    @Override
    void close();
}
