package io.babble.text;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What one training step learns from: {@code lanes × steps} symbols of as many streams as there are lanes.
 *
 * @param lanes N, streams side by side
 * @param steps T, symbols of each stream
 * @param inputs {@code (T, N)}: the symbol that each lane has just read
 * @param targets {@code (T, N)}: the symbol that follows it, to be predicted
 */
public record Window(int lanes, int steps, int[] inputs, int[] targets) {
    public Window {
        if (inputs.length != lanes * steps || targets.length != lanes * steps) {
            throw new IllegalArgumentException("A window of " + lanes + " lanes and " + steps + " steps has "
                    + lanes * steps + " symbols, not " + inputs.length + " and " + targets.length);
        }
    }

    /** Bytes of text among the targets. */
    public int bytes() {
        return (int) text().count();
    }

    /** Characters of text that begin among the targets. */
    public int characters() {
        return (int) text().filter(Utf8::beginsCharacter).count();
    }

    private IntStream text() {
        return Arrays.stream(targets).filter(target -> target != Bytes.END_OF_TEXT);
    }
}
