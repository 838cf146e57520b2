package io.babble.text;

import io.babble.text.Packer.Plan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The streams of one training step, with the symbols that were taken from them.
 *
 * @param names of the streams, one a lane
 * @param states the model's state of each lane, the stream's own array: a training step advances it in place
 * @param oldestTimestamp of the records that the symbols came in, ms since 1970
 */
public record StreamWindow(
        List<String> names, List<Stream> streams, Window window, float[][] states, long oldestTimestamp) {

    /** Finds a stream by its name. */
    public interface Source {
        Stream stream(String name) throws IOException;
    }

    /**
     * Moves the planned symbols out of their streams.
     *
     * @param stateLength of a lane's state
     */
    public static StreamWindow take(Plan plan, Source source, Alphabet alphabet, int stateLength) throws IOException {
        int lanes = plan.streams().size();
        int[] inputs = new int[lanes * plan.steps()];
        int[] targets = new int[lanes * plan.steps()];
        List<Stream> streams = new ArrayList<>(lanes);
        float[][] states = new float[lanes][];
        long oldest = Long.MAX_VALUE;
        for (int lane = 0; lane < lanes; lane++) {
            Stream stream = source.stream(plan.streams().get(lane));
            oldest = Math.min(oldest, stream.oldestTimestamp());
            stream.take(alphabet, plan.steps(), lane, lanes, inputs, targets);
            streams.add(stream);
            states[lane] = stream.state(stateLength);
        }
        return new StreamWindow(
                plan.streams(), streams, new Window(lanes, plan.steps(), inputs, targets), states, oldest);
    }
}
