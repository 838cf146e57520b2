package io.babble.files;

import io.babble.model.LearnedWindow;
import io.babble.model.Score;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The learning curve as CSV: symbols learned, bits per byte since the previous row, bits per byte of all symbols so
 * far.
 */
public final class LossCurve implements AutoCloseable {
    private static final long SYMBOLS_PER_ROW = 10_000;

    private final Writer out;
    private final Score total = new Score();
    private Score row = new Score();

    public LossCurve(Path file) throws IOException {
        out = Files.newBufferedWriter(file);
        out.write("symbols,bits_per_byte,average\n");
    }

    public void add(LearnedWindow window) throws IOException {
        total.add(window);
        row.add(window);
        if (row.symbols() >= SYMBOLS_PER_ROW) {
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
        out.write(
                String.format(Locale.ROOT, "%d,%.4f,%.4f%n", total.symbols(), row.bitsPerByte(), total.bitsPerByte()));
        row = new Score();
    }
}
