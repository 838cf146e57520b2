package io.babble.files;

import io.babble.model.LearnedWindow;
import io.babble.model.Score;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** How the loss falls, as CSV: symbols learned, bits per byte since the row before, bits per byte of all so far. */
public final class Curve implements AutoCloseable {
    private static final long ROW_SYMBOLS = 10_000;

    private final Writer out;
    private final Score all = new Score();
    private Score row = new Score();

    public Curve(Path file) throws IOException {
        out = Files.newBufferedWriter(file);
        out.write("symbols,bits_per_byte,average\n");
    }

    public void add(LearnedWindow window) throws IOException {
        all.add(window);
        row.add(window);
        if (row.symbols() >= ROW_SYMBOLS) {
            writeRow();
        }
    }

    @Override
    public void close() throws IOException {
        try (out) {
            if (row.symbols() > 0) {
                writeRow();
            }
        }
    }

    private void writeRow() throws IOException {
        out.write(String.format(Locale.ROOT, "%d,%.4f,%.4f%n", all.symbols(), row.bitsPerByte(), all.bitsPerByte()));
        row = new Score();
    }
}
