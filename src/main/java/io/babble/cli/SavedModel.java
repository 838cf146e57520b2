package io.babble.cli;

import io.babble.files.ModelFile;
import io.babble.job.savepoint.Savepoint;
import io.babble.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a model from a file or a savepoint. */
final class SavedModel {
    private SavedModel() {}

    /**
     * Reads the model of a file, or the learner's model of a savepoint.
     *
     * @throws CommandFailed when the path does not exist
     * @throws IOException when the file or the savepoint cannot be read
     */
    static Model read(Path path) throws IOException {
        if (Files.notExists(path)) {
            throw new CommandFailed("There is neither a model nor a savepoint at " + path);
        }
        return Files.isDirectory(path) ? Savepoint.in(path).model() : ModelFile.read(path);
    }
}
