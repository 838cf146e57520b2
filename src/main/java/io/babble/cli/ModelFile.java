package io.babble.cli;

import io.babble.job.Options;
import io.babble.job.savepoint.Savepoint;
import io.babble.job.savepoint.SavepointException;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import io.babble.model.ModelFormatException;
import io.babble.model.Shape;
import io.babble.text.CodePoints;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A model saved as a file. */
final class ModelFile {
    private ModelFile() {}

    /**
     * Reads a model from a file, or the learner's from a savepoint.
     *
     * @throws CommandFailed when there is neither, and as {@link #read}
     * @throws SavepointException when the folder is no savepoint that can be read
     */
    static Model readAny(Path path) throws IOException {
        if (Files.notExists(path)) {
            throw new CommandFailed("There is neither a model nor a savepoint at " + path);
        }
        return Files.isDirectory(path) ? Savepoint.in(path).model() : read(path);
    }

    /**
     * Reads a model that takes up the whole file.
     *
     * @throws CommandFailed when it is no readable file, or not a whole and undamaged model
     */
    static Model read(Path file) throws IOException {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new CommandFailed("Cannot read " + file + ": it is no file, or not yours to read");
        }
        try (InputStream in = Files.newInputStream(file)) {
            Model model = ModelCodec.read(in);
            if (in.read() >= 0) {
                throw new CommandFailed(file + " is no model: bytes follow the model's end");
            }
            return model;
        } catch (ModelFormatException e) {
            throw new CommandFailed(file + " is no model that can be read. " + e.getMessage(), e);
        }
    }

    static void write(Model model, Path file) throws IOException {
        WholeFile.write(file, out -> ModelCodec.write(model, out));
    }

    /**
     * Adds the options that describe this model where they are not set. Those that are set stay, so that a
     * contradiction is refused rather than passed over.
     */
    static void describe(Model model, Map<String, String> options) {
        Shape shape = model.shape();
        options.putIfAbsent(Options.EMBEDDING.key(), String.valueOf(shape.embedding()));
        options.putIfAbsent(Options.HIDDEN.key(), String.valueOf(shape.hidden()));
        options.putIfAbsent(Options.LAYERS.key(), String.valueOf(shape.layers()));
        options.putIfAbsent(Options.ALPHABET.key(), model.alphabet().name());
        if (model.alphabet().name().equals(CodePoints.NAME)) {
            options.putIfAbsent(Options.ALPHABET_CAPACITY.key(), String.valueOf(shape.symbols()));
        }
        options.putIfAbsent(Options.OPTIMIZER.key(), model.optimizer().name());
    }
}
