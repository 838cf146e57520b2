package io.babble.cli.terminal;

import java.io.PrintWriter;

/**
 * Prints text from a model. On a terminal control characters are replaced by U+FFFD, because an untrained model writes
 * any of them and the terminal would execute them; carriage returns are left out. A file or pipe gets the text
 * unchanged.
 */
public final class TextPrinter {
    private final PrintWriter out;
    private final boolean terminal;

    public TextPrinter(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Prints and flushes. Returns false when the reader of the output has gone. */
    public boolean print(String text) {
        out.print(terminal ? withoutControls(text) : text);
        out.flush();
        return !out.checkError();
    }

    private static String withoutControls(String text) {
        StringBuilder visible = new StringBuilder(text.length());
        text.codePoints()
                .filter(c -> c != '\r') // of a text whose lines end with CR LF
                .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? '\uFFFD' : c)
                .forEach(visible::appendCodePoint);
        return visible.toString();
    }
}
