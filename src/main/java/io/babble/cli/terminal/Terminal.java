package io.babble.cli.terminal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the output of this process goes to a terminal, not to a file or a pipe. */
public final class Terminal {
    /** Columns of a line that is updated in place, which a terminal of 80 must not break. */
    static final int MAX_WIDTH = 79;

    private static final int STANDARD_OUTPUT = 1;
    private static final int STANDARD_ERROR = 2;

    private Terminal() {}

    public static boolean isOutput() {
        return isTerminal(STANDARD_OUTPUT);
    }

    public static boolean isError() {
        return isTerminal(STANDARD_ERROR);
    }

    /** As much of a line as can be updated in place. */
    static String fitting(String line) {
        return line.substring(0, Math.min(line.length(), MAX_WIDTH));
    }

    /**
     * By the kernel's link of the descriptor: Java's own console is known only where standard input is a terminal, too.
     */
    private static boolean isTerminal(int descriptor) {
        try {
            Path target = Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor)));
            return target.startsWith("/dev/pts")
                    || target.startsWith("/dev/console")
                    || target.toString().startsWith("/dev/tty");
        } catch (IOException e) {
            return hasConsole();
        }
    }

    @SuppressWarnings("SystemConsoleNull") // Since Java 22 it is never null; Babble runs on Java 17.
    private static boolean hasConsole() {
        return System.console() != null;
    }
}
