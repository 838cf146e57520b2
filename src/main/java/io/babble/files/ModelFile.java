package io.babble.files;

import io.babble.model.Model;
import io.babble.model.ModelCodec;
import io.babble.model.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads and writes models as files. */
public final class ModelFile {
    private ModelFile() {}

    /**
     * Reads a model.
     *
     * @throws UnusableFileException when the file is not readable, or not exactly one intact model
     */
    public static Model read(Path file) throws IOException {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new UnusableFileException("Cannot read " + file + ": it is not a file, or permission is denied");
        }
        try (InputStream in = Files.newInputStream(file)) {
            Model model = ModelCodec.read(in);
            if (in.read() >= 0) {
                throw new UnusableFileException(file + " is not a model file: there are bytes after the model's end");
            }
            return model;
        } catch (ModelFormatException e) {
            throw new UnusableFileException(file + " is not a readable model file. " + e.getMessage(), e);
        }
    }

    public static void write(Model model, Path file) throws IOException {
        WholeFile.write(file, out -> ModelCodec.write(model, out));
    }
}
