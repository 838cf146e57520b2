package io.babble.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Separates lines that a model invented from lines that it memorized from a text. Leading and trailing spaces are
 * ignored.
 */
public final class Novelty {
    private final Set<String> seen = new HashSet<>();
    private final StringBuilder partialLine = new StringBuilder();
    private int lines;
    private int newLines;

    /**
     * Reads the text to compare with.
     *
     * @throws UnusableFileException when the file is not readable
     */
    public Novelty(Path text) throws IOException {
        try (TextFiles file = new TextFiles(List.of(text));
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(file.slice(0, file.size()), StandardCharsets.UTF_8))) {
            lines.lines().map(String::strip).forEach(seen::add);
        }
    }

    /** Adds the next piece of written text. Returns the lines that it completes and that did not occur before. */
    public String newLinesIn(String written) {
        StringBuilder fresh = new StringBuilder();
        for (int i = 0; i < written.length(); i++) {
            char next = written.charAt(i);
            if (next != '\n') {
                partialLine.append(next);
                continue;
            }
            String line = partialLine.toString().strip();
            partialLine.setLength(0);
            if (line.isEmpty()) {
                continue;
            }
            lines++;
            if (seen.add(line)) {
                newLines++;
                fresh.append(line).append('\n');
            }
        }
        return fresh.toString();
    }

    /** Number of complete lines so far that are not empty. */
    public int lines() {
        return lines;
    }

    /** Number of those lines that did not occur before. */
    public int newLines() {
        return newLines;
    }
}
