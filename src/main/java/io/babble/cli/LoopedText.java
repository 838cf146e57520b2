package io.babble.cli;

import java.io.IOException;

/** A text cut into streams that never end: each is its part of the text, over and over. */
final class LoopedText {
    /** A shorter stream would begin again before anything can be learned from it. */
    private static final int SHORTEST_STREAM = 1_024;

    private final TextFiles text;
    private final long[] cuts;

    /**
     * Cuts the text.
     *
     * @param most streams; a short text makes fewer
     * @throws CommandFailed when there is no text
     */
    LoopedText(TextFiles text, int most) throws IOException {
        if (text.size() == 0) {
            throw new CommandFailed("There is no text to learn: every file is empty");
        }
        this.text = text;
        cuts = text.cuts((int) Math.max(1, Math.min(most, text.size() / SHORTEST_STREAM)));
    }

    int streams() {
        return cuts.length - 1;
    }

    /** What comes at the stream's position, counted from its first beginning; at least one byte, and none beyond the part's end. */
    byte[] at(int stream, long position, int most) throws IOException {
        long length = cuts[stream + 1] - cuts[stream];
        long offset = position % length;
        return text.read(cuts[stream] + offset, (int) Math.min(most, length - offset));
    }
}
