package io.babble.cli;

import io.babble.job.Options;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import io.babble.model.ModelFormatException;
import io.babble.model.Shape;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** A model saved as a file. */
final class ModelFile {
    private ModelFile() {}

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

    /** Writes the file so that at every moment there is the old one or the whole new one, also after a crash. */
    static void write(Model model, Path file) throws IOException {
        Path target = file.toAbsolutePath();
        Path partial = target.resolveSibling(target.getFileName() + ".partial");
        try {
            try (FileChannel channel = FileChannel.open(
                            partial,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE);
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
                ModelCodec.write(model, out);
                channel.force(true);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
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
        options.putIfAbsent(Options.EMBEDDING_TO_EVERY_LAYER.key(), String.valueOf(shape.embeddingToEveryLayer()));
        options.putIfAbsent(Options.EVERY_LAYER_TO_SOFTMAX.key(), String.valueOf(shape.everyLayerToSoftmax()));
        options.putIfAbsent(Options.OPTIMIZER.key(), model.optimizer().name());
    }
}
