package io.babble.cli.terminal;

/** Who is at the other end. */
public final class Terminal {
    private Terminal() {}

    /** Whether a person types and reads here: neither standard input nor output is a file or a pipe. */
    @SuppressWarnings("SystemConsoleNull") // So it is in Java 17, which Babble needs.
    public static boolean interactive() {
        return System.console() != null;
    }
}
