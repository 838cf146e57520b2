package io.babble.files;

import java.io.IOException;

/** Splits a text into consecutive parts of about the same length, each of which is a stream. */
public final class TextStreams {
    private static final int MIN_STREAM_BYTES = 1_024;

    private final TextFiles text;
    private final long[] bounds;

    /**
     * Splits the text.
     *
     * @param maxStreams upper bound of the number of streams; a short text has fewer, of at least
     *     {@value #MIN_STREAM_BYTES} bytes
     * @throws UnusableFileException when there is no text
     */
    public TextStreams(TextFiles text, int maxStreams) throws IOException {
        if (text.size() == 0) {
            throw new UnusableFileException("There is no text to learn: all files are empty");
        }
        this.text = text;
        bounds = text.bounds((int) Math.max(1, Math.min(maxStreams, text.size() / MIN_STREAM_BYTES)));
    }

    public int count() {
        return bounds.length - 1;
    }

    /** Bytes of a stream. */
    public long length(int stream) {
        return bounds[stream + 1] - bounds[stream];
    }

    /** Reads up to {@code maxBytes} of a stream, from a position in it. The array is empty at the end of the stream. */
    public byte[] read(int stream, long position, int maxBytes) throws IOException {
        long begin = bounds[stream] + position;
        return text.read(begin, (int) Math.max(0, Math.min(maxBytes, bounds[stream + 1] - begin)));
    }
}
