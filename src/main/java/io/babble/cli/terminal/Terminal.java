package io.babble.cli.terminal;

/** The console of this process. */
public final class Terminal {
    private Terminal() {}

    /** Whether both standard input and standard output are a terminal, not a file or a pipe. */
    @SuppressWarnings("SystemConsoleNull") // Since Java 22 it is never null; Babble runs on Java 17.
    public static boolean interactive() {
        return System.console() != null;
    }
}
