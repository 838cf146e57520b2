package io.babble.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Tells lines that a model has made up from those that are in a text: what it remembers. Space around a line does not count. */
public final class Novelty {
    private final Set<String> known = new HashSet<>();
    private final StringBuilder begun = new StringBuilder();
    private int lines;
    private int made;

    /**
     * Reads the text.
     *
     * @throws UnusableFileException when it is no readable file
     */
    public Novelty(Path text) throws IOException {
        try (TextFiles file = new TextFiles(List.of(text))) {
            byte[] bytes = file.read(0, Math.toIntExact(file.size()));
            new String(bytes, StandardCharsets.UTF_8).lines().map(String::strip).forEach(known::add);
        }
    }

    /** Takes more of what is written; gives back the lines that end in it and are new, each only once. */
    public String newIn(String written) {
        StringBuilder fresh = new StringBuilder();
        for (int i = 0; i < written.length(); i++) {
            char next = written.charAt(i);
            if (next != '\n') {
                begun.append(next);
                continue;
            }
            String line = begun.toString().strip();
            begun.setLength(0);
            if (line.isEmpty()) {
                continue;
            }
            lines++;
            if (known.add(line)) {
                made++;
                fresh.append(line).append('\n');
            }
        }
        return fresh.toString();
    }

    /** Whole lines so far that are not empty. */
    public int lines() {
        return lines;
    }

    /** Those of them that were new when they came. */
    public int made() {
        return made;
    }
}
