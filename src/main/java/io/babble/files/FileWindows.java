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

/** Texts read once, from their beginnings to their ends, in the windows that the job would take. */
final class FileWindows {
    private static final int PIECE_BYTES = 4096;
    /** Nothing here follows a clock: streams take turns, and no reader asks how old text is. */
    private static final long NO_TIME = 0;

    private final Alphabet alphabet;
    private final int stateLength;
    private final Size size;
    private final Packer packer;
    private final Map<String, InputStream> texts = new TreeMap<>();
    private final Map<String, Stream> streams = new TreeMap<>();
    private List<String> taken = List.of();
    private long bytesLeftOut;

    /**
     * Nothing is read yet.
     *
     * @param size of the windows
     * @param stateLength of a lane's state
     * @param alphabet to which new characters are added
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

    /** The next window, when the one before is done with; empty once all is read. */
    Optional<StreamWindow> next() throws IOException {
        for (String name : taken) {
            Stream stream = streams.get(name);
            stream.learned();
            packer.learned(name, stream, NO_TIME);
        }
        taken = List.of();
        for (String name : List.copyOf(texts.keySet())) {
            fill(name);
        }
        Optional<Plan> plan = packer.nextReady(size);
        if (plan.isEmpty()) {
            return Optional.empty();
        }
        taken = plan.get().streams();
        return Optional.of(StreamWindow.take(plan.get(), streams::get, alphabet, stateLength));
    }

    /** Bytes so far that are not UTF-8 and were left out. */
    long bytesLeftOut() {
        return bytesLeftOut;
    }

    private void fill(String name) throws IOException {
        InputStream text = texts.get(name);
        Stream stream = streams.get(name);
        while (stream.available() < size.steps() && !stream.ending()) {
            byte[] piece = text.readNBytes(PIECE_BYTES);
            bytesLeftOut += stream.read(alphabet, piece, NO_TIME).length;
            if (piece.length < PIECE_BYTES) {
                bytesLeftOut += stream.end(NO_TIME).length;
                texts.remove(name);
            }
            packer.arrived(name, stream, NO_TIME);
        }
    }
}
