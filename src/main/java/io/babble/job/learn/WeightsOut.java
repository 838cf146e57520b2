package io.babble.job.learn;

import io.babble.job.Chunk;
import io.babble.model.Learner;
import io.babble.model.ModelCodec;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Decides when weights leave for the writers, and hands them out in chunks. A set that is under way is not part of a checkpoint:
 * after a restart a new one leaves at once.
 */
final class WeightsOut {
    private static final long NEVER = -1;

    private final long every;
    private final Deque<Chunk> waiting = new ArrayDeque<>();
    private long lastVersion = NEVER;
    private long lastTime;

    /** @param every shortest time between two sets, ms */
    WeightsOut(long every) {
        this.every = every;
    }

    /** Takes a new set if the last one is out and old enough, and the model has changed. */
    void offer(Learner learner, long now) {
        boolean due = lastVersion == NEVER || now - lastTime >= every;
        if (!waiting.isEmpty() || !due || learner.version() == lastVersion) {
            return;
        }
        lastVersion = learner.version();
        lastTime = now;
        byte[] bytes = ModelCodec.toBytes(learner.snapshotToWriteWith());
        int count = (bytes.length + Chunk.MAX_BYTES - 1) / Chunk.MAX_BYTES;
        for (int number = 0; number < count; number++) {
            int begin = number * Chunk.MAX_BYTES;
            byte[] part = Arrays.copyOfRange(bytes, begin, Math.min(bytes.length, begin + Chunk.MAX_BYTES));
            waiting.add(new Chunk(lastVersion, number, count, part));
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    Chunk next() {
        return waiting.remove();
    }
}
