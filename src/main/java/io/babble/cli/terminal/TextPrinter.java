package io.babble.cli.terminal;

import java.io.PrintWriter;

/**
 * Writes what a model wrote. A terminal obeys control characters and a young model writes any of them, so there they are shown as
 * U+FFFD; a file or pipe gets the text as it is.
 */
public final class Printed {
    private final PrintWriter out;
    private final boolean terminal;

    public Printed(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Prints at once; false when nobody reads any more. */
    public boolean print(String text) {
        out.print(terminal ? visible(text) : text);
        out.flush();
        return !out.checkError();
    }

    private static String visible(String text) {
        StringBuilder visible = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? '\uFFFD' : c)
                .forEach(visible::appendCodePoint);
        return visible.toString();
    }
}
