package io.babble.text;

/**
 * The mini-batch of one training step: {@code lanes × steps} symbols, each lane of one stream. Lanes of fresh text may
 * be followed by lanes of replayed text, which was learned before: these have a gradient, too, but their loss is not
 * reported.
 *
 * @param lanes N, streams side by side
 * @param steps T, symbols of each stream
 * @param inputs {@code (T, N)}: the symbols that are read
 * @param targets {@code (T, N)}: the symbols that follow them, to be predicted
 * @param fresh number of lanes of fresh text, which are the first ones; at least one
 */
public record Window(int lanes, int steps, int[] inputs, int[] targets, int fresh) {
    public Window {
        if (fresh < 1 || fresh > lanes) {
            throw new IllegalArgumentException(fresh + " of " + lanes + " lanes cannot be fresh");
        }
        if (inputs.length != lanes * steps || targets.length != lanes * steps) {
            throw new IllegalArgumentException("A window of " + lanes + " lanes and " + steps + " steps has "
                    + lanes * steps + " symbols, not " + inputs.length + " and " + targets.length);
        }
    }

    /** A window of fresh text only. */
    public Window(int lanes, int steps, int[] inputs, int[] targets) {
        this(lanes, steps, inputs, targets, lanes);
    }

    /** The lanes of this window, all fresh, followed by those of {@code replayed}, which has as many steps. */
    public Window with(Window replayed) {
        int both = lanes + replayed.lanes;
        return new Window(
                both, steps, joined(inputs, replayed.inputs, both), joined(targets, replayed.targets, both), lanes);
    }

    /** Whether a lane, from 0 on, is of fresh text. */
    public boolean isFresh(int lane) {
        return lane < fresh;
    }

    /** Counts of the fresh targets. */
    public Content content(Alphabet alphabet) {
        int bytes = 0;
        int measuredBytes = 0;
        int measuredCharacters = 0;
        int unknown = 0;
        int endOfTexts = 0;
        for (int step = 0; step < steps; step++) {
            for (int lane = 0; lane < fresh; lane++) {
                int target = targets[step * lanes + lane];
                bytes += alphabet.bytes(target);
                if (target == Alphabet.END_OF_TEXT) {
                    endOfTexts++;
                } else if (Alphabet.isUnknown(target)) {
                    unknown++;
                } else {
                    measuredBytes += alphabet.bytes(target);
                    measuredCharacters += alphabet.beginsCharacter(target) ? 1 : 0;
                }
            }
        }
        return new Content(bytes, measuredBytes, measuredCharacters, unknown, endOfTexts);
    }

    private int[] joined(int[] ours, int[] theirs, int both) {
        int[] joined = new int[both * steps];
        int others = both - lanes;
        for (int step = 0; step < steps; step++) {
            System.arraycopy(ours, step * lanes, joined, step * both, lanes);
            System.arraycopy(theirs, step * others, joined, step * both + lanes, others);
        }
        return joined;
    }
}
