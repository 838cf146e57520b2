package io.babble.files;

import java.io.IOException;

/** A text cut into streams, each a part of it. */
public final class CutText {
    /** Of a shorter stream hardly anything can be learned. */
    private static final int SHORTEST_STREAM = 1_024;

    private final TextFiles text;
    private final long[] cuts;

    /**
     * Cuts the text.
     *
     * @param most streams; a short text makes fewer
     * @throws UnusableFileException when there is no text
     */
    public CutText(TextFiles text, int most) throws IOException {
        if (text.size() == 0) {
            throw new UnusableFileException("There is no text to learn: every file is empty");
        }
        this.text = text;
        cuts = text.cuts((int) Math.max(1, Math.min(most, text.size() / SHORTEST_STREAM)));
    }

    public int streams() {
        return cuts.length - 1;
    }

    /** What comes at the stream's position; nothing at its end. */
    public byte[] read(int stream, long position, int most) throws IOException {
        long begin = cuts[stream] + position;
        return text.read(begin, (int) Math.max(0, Math.min(most, cuts[stream + 1] - begin)));
    }
}
