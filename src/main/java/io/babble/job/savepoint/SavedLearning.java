package io.babble.job.savepoint;

import io.babble.job.state.Ledger;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import io.babble.model.Replay;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What was learned, and from which text.
 *
 * @param replay the replay buffer; a model's file has none
 */
record SavedLearning(Model model, Ledger ledger, Optional<Replay> replay) {

    /** Reads a model's file, or the learner's state of a savepoint. */
    static SavedLearning in(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            Savepoint savepoint = Savepoint.in(path);
            return new SavedLearning(savepoint.model(), savepoint.ledger(), savepoint.replay());
        }
        try (InputStream in = Files.newInputStream(path)) {
            Model model = ModelCodec.read(in);
            return new SavedLearning(model, Ledger.of(model), Optional.empty());
        }
    }
}
