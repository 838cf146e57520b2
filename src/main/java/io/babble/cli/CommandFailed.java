package io.babble.cli;

import picocli.CommandLine.ExitCode;

/** Ends a command with an error. The message tells the user what to do. */
final class CommandFailed extends RuntimeException {
    private final int exitCode;

    CommandFailed(String message) {
        this(message, null);
    }

    CommandFailed(String message, Throwable cause) {
        this(message, cause, ExitCode.SOFTWARE);
    }

    private CommandFailed(String message, Throwable cause, int exitCode) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** For invalid options and arguments. */
    static CommandFailed invalidUsage(String message) {
        return new CommandFailed(message, null, ExitCode.USAGE);
    }

    int exitCode() {
        return exitCode;
    }
}
