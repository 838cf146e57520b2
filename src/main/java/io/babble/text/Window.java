package io.babble.text;

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

    /** How much text is to be predicted. */
    public Content content(Alphabet alphabet) {
        int bytes = 0;
        int measuredBytes = 0;
        int measuredCharacters = 0;
        int unknown = 0;
        int endOfTexts = 0;
        for (int target : targets) {
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
        return new Content(bytes, measuredBytes, measuredCharacters, unknown, endOfTexts);
    }
}
