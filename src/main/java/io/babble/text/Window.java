package io.babble.text;

/**
 * What one training step learns from: {@code lanes × steps} symbols of as many streams as there are lanes. Behind lanes of fresh
 * text there may be some of text that was learned before: they have a gradient too, but their loss counts nowhere.
 *
 * @param lanes N, streams side by side
 * @param steps T, symbols of each stream
 * @param inputs {@code (T, N)}: the symbol that each lane has just read
 * @param targets {@code (T, N)}: the symbol that follows it, to be predicted
 * @param fresh lanes of fresh text, the first ones; at least one
 */
public record Window(int lanes, int steps, int[] inputs, int[] targets, int fresh) {
    /** The most that text learned before weighs in the loss to be made smaller. */
    private static final double MOST_LEARNED_BEFORE = 0.4;

    public Window {
        if (fresh < 1 || fresh > lanes) {
            throw new IllegalArgumentException(fresh + " of " + lanes + " lanes cannot be fresh");
        }
        if (inputs.length != lanes * steps || targets.length != lanes * steps) {
            throw new IllegalArgumentException("A window of " + lanes + " lanes and " + steps + " steps has "
                    + lanes * steps + " symbols, not " + inputs.length + " and " + targets.length);
        }
    }

    /** All of it fresh. */
    public Window(int lanes, int steps, int[] inputs, int[] targets) {
        this(lanes, steps, inputs, targets, lanes);
    }

    /** This fresh window, and behind its lanes those of {@code learnedBefore}, which has as many steps. */
    public Window with(Window learnedBefore) {
        int both = lanes + learnedBefore.lanes;
        return new Window(
                both,
                steps,
                joined(inputs, learnedBefore.inputs, both),
                joined(targets, learnedBefore.targets, both),
                lanes);
    }

    /** What each target of a lane weighs in the mean over all targets; one on average, and fresh ones not below it. */
    public double weight(int lane) {
        if (fresh == lanes) {
            return 1;
        }
        double learnedBefore = Math.min(MOST_LEARNED_BEFORE, (double) (lanes - fresh) / lanes);
        return isFresh(lane) ? (1 - learnedBefore) * lanes / fresh : learnedBefore * lanes / (lanes - fresh);
    }

    public boolean isFresh(int lane) {
        return lane < fresh;
    }

    /** How much fresh text is to be predicted. */
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
