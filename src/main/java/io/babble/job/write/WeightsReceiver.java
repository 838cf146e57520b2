package io.babble.job.write;

import io.babble.job.operator.Chunk;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Assembles sets of weights from their chunks. An incomplete set is dropped when the next one begins. */
final class WeightsReceiver {
    private final List<ByteArrayInputStream> chunks = new ArrayList<>();
    private long version;
    private InputStream newest;

    /** Adds the next chunk; true if it completes a set. */
    boolean add(Chunk chunk) {
        if (chunk.number() == 0) {
            chunks.clear();
            version = chunk.version();
        }
        if (chunk.version() != version || chunk.number() != chunks.size()) {
            return false;
        }
        chunks.add(new ByteArrayInputStream(chunk.bytes()));
        if (chunks.size() < chunk.count()) {
            return false;
        }
        newest = new SequenceInputStream(Collections.enumeration(List.copyOf(chunks)));
        chunks.clear();
        return true;
    }

    /** Returns the newest complete set, once. */
    Optional<Model> take() throws IOException {
        if (newest == null) {
            return Optional.empty();
        }
        Model model = ModelCodec.readWhole(newest);
        newest = null;
        return Optional.of(model);
    }

    /** Whether a set has begun to arrive and is not complete. */
    boolean isPartial() {
        return !chunks.isEmpty();
    }
}
