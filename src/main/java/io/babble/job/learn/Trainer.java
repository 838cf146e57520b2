package io.babble.job.learn;

import io.babble.model.LearnedWindow;
import io.babble.model.Learner;
import io.babble.model.Replay;
import io.babble.model.StepResult;
import io.babble.text.StreamWindow;
import java.util.Optional;

/** Takes training steps with replay, or only reads text where learning is switched off. */
record Trainer(Learner learner, Replay replay, boolean learning) {
    /**
     * Learns a window of fresh text.
     *
     * @param hasGrown because text piles up: then the time is better spent on fresh text than on replay
     */
    LearnedWindow learn(StreamWindow window, boolean hasGrown) {
        if (!learning) {
            return learner.readOnly(window.window(), window.states());
        }
        LearnedWindow learned = hasGrown
                ? learner.learn(window.window(), window.states())
                : learner.learn(window.window(), window.states(), replay);
        replay.learned(window.names(), window.window());
        return learned;
    }

    /** Learns replayed text only; empty if there is not enough. */
    Optional<StepResult> replay(int steps) {
        return learner.replay(replay, steps);
    }
}
