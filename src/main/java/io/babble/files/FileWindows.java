package io.babble.files;

import io.babble.text.Alphabet;
import io.babble.text.Packer;
import io.babble.text.Packer.Plan;
import io.babble.text.Stream;
import io.babble.text.StreamWindow;
import io.babble.text.WindowSizes.Size;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads texts once, from beginning to end, in the windows that the job would form. */
final class FileWindows {
    private static final int READ_BYTES = 4096;
    /** The same timestamp for all text: streams take turns, and no lag is measured. */
    private static final long TIMESTAMP = 0;

    private final Alphabet alphabet;
    private final int stateLength;
    private final Size size;
    private final Packer packer;
    private final Map<String, InputStream> texts = new TreeMap<>();
    private final Map<String, Stream> streams = new TreeMap<>();
    private List<String> currentStreams = List.of();
    private long bytesLeftOut;

    /**
     * Prepares for reading.
     *
     * @param size of the windows
     * @param stateLength floats in the state of a lane
     * @param alphabet that new characters are added to
     */
    FileWindows(List<InputStream> texts, Size size, int stateLength, Alphabet alphabet) {
        this.alphabet = alphabet;
        this.stateLength = stateLength;
        this.size = size;
        packer = new Packer(size.steps(), size.steps());
        for (InputStream text : texts) {
            String name = String.format("%08d", streams.size());
            this.texts.put(name, text);
            streams.put(name, new Stream());
        }
    }

    /** The next window, to be called when the step on the previous one is complete. Empty at the end of all texts. */
    Optional<StreamWindow> next() throws IOException {
        for (String name : currentStreams) {
            Stream stream = streams.get(name);
            stream.learned();
            packer.learned(name, stream, TIMESTAMP);
        }
        currentStreams = List.of();
        for (String name : List.copyOf(texts.keySet())) {
            fill(name);
        }
        Optional<Plan> plan = packer.nextReady(size);
        if (plan.isEmpty()) {
            return Optional.empty();
        }
        currentStreams = plan.get().streams();
        return Optional.of(StreamWindow.take(plan.get(), streams::get, alphabet, stateLength));
    }

    /** Bytes skipped so far because they are not UTF-8. */
    long bytesLeftOut() {
        return bytesLeftOut;
    }

    private void fill(String name) throws IOException {
        InputStream text = texts.get(name);
        Stream stream = streams.get(name);
        while (texts.containsKey(name) && stream.available() < size.steps()) {
            byte[] piece = text.readNBytes(READ_BYTES);
            bytesLeftOut += stream.read(alphabet, piece, TIMESTAMP).length;
            if (piece.length < READ_BYTES) {
                bytesLeftOut += stream.end(TIMESTAMP).length;
                texts.remove(name);
            }
            packer.arrived(name, stream, TIMESTAMP);
        }
    }
}
