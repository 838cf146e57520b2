package io.babble.job.write;

import io.babble.job.Chunk;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import io.babble.model.ModelFormatException;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** Puts sets of weights together from their chunks. A set that does not come to its end is dropped for the next one. */
final class WeightsIn {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long version;
    private int expected;

    /** Takes the next chunk; gives back the model that it completes. */
    Optional<Model> add(Chunk chunk) throws ModelFormatException {
        if (chunk.number() == 0) {
            bytes.reset();
            version = chunk.version();
            expected = 0;
        }
        if (chunk.version() != version || chunk.number() != expected) {
            return Optional.empty();
        }
        bytes.writeBytes(chunk.bytes());
        expected++;
        if (expected < chunk.count()) {
            return Optional.empty();
        }
        Model model = ModelCodec.fromBytes(bytes.toByteArray());
        bytes.reset();
        return Optional.of(model);
    }

    /** Whether a set has begun to come in and is not complete. */
    boolean isPartial() {
        return bytes.size() > 0;
    }
}
