package io.babble.files;

import io.babble.model.Model;
import io.babble.model.ModelCodec;
import io.babble.model.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model saved as a file. */
public final class ModelFile {
    private ModelFile() {}

    /**
     * Reads a model that takes up the whole file.
     *
     * @throws UnusableFileException when it is no readable file, or not a whole and undamaged model
     */
    public static Model read(Path file) throws IOException {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new UnusableFileException("Cannot read " + file + ": it is no file, or not yours to read");
        }
        try (InputStream in = Files.newInputStream(file)) {
            Model model = ModelCodec.read(in);
            if (in.read() >= 0) {
                throw new UnusableFileException(file + " is no model: bytes follow the model's end");
            }
            return model;
        } catch (ModelFormatException e) {
            throw new UnusableFileException(file + " is no model that can be read. " + e.getMessage(), e);
        }
    }

    public static void write(Model model, Path file) throws IOException {
        WholeFile.write(file, out -> ModelCodec.write(model, out));
    }
}
