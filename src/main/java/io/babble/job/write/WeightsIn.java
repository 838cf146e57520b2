package io.babble.job.write;

import io.babble.job.Chunk;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Puts sets of weights together from their chunks. A set that does not come to its end is dropped for the next one. */
final class WeightsIn {
    private final List<ByteArrayInputStream> chunks = new ArrayList<>();
    private long version;

    /** Takes the next chunk; gives back the model that it completes. */
    Optional<Model> add(Chunk chunk) throws IOException {
        if (chunk.number() == 0) {
            chunks.clear();
            version = chunk.version();
        }
        if (chunk.version() != version || chunk.number() != chunks.size()) {
            return Optional.empty();
        }
        chunks.add(new ByteArrayInputStream(chunk.bytes()));
        if (chunks.size() < chunk.count()) {
            return Optional.empty();
        }
        Model model = ModelCodec.read(new SequenceInputStream(Collections.enumeration(chunks)));
        chunks.clear();
        return Optional.of(model);
    }

    /** Whether a set has begun to come in and is not complete. */
    boolean isPartial() {
        return !chunks.isEmpty();
    }
}
