package io.babble.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Splits a text into streams and holds out the end of each stream for validation. */
public final class TrainValidationSplit {
    private final TextFiles text;
    private final long[] bounds;
    private final long[] validationStarts;

    /**
     * Splits the text between whole characters of UTF-8.
     *
     * @param validationShare share of each stream that is held out, 0 to 1
     */
    public TrainValidationSplit(TextFiles text, int streams, double validationShare) throws IOException {
        this.text = text;
        bounds = text.bounds(streams);
        validationStarts = new long[streams];
        for (int i = 0; i < streams; i++) {
            long length = (long) (validationShare * (bounds[i + 1] - bounds[i]));
            validationStarts[i] = Math.min(bounds[i + 1], text.nextCharacterStart(bounds[i + 1] - length));
        }
    }

    /** The streams without their held-out ends. */
    public List<InputStream> trainingStreams() {
        List<InputStream> streams = new ArrayList<>();
        for (int i = 0; i < validationStarts.length; i++) {
            streams.add(text.slice(bounds[i], validationStarts[i]));
        }
        return streams;
    }

    /** The held-out end of each stream. */
    public List<InputStream> validationStreams() {
        List<InputStream> streams = new ArrayList<>();
        for (int i = 0; i < validationStarts.length; i++) {
            streams.add(text.slice(validationStarts[i], bounds[i + 1]));
        }
        return streams;
    }

    public long trainingBytes() {
        return text.size() - validationBytes();
    }

    public long validationBytes() {
        long bytes = 0;
        for (int i = 0; i < validationStarts.length; i++) {
            bytes += bounds[i + 1] - validationStarts[i];
        }
        return bytes;
    }
}
