package io.babble.cli;

import picocli.CommandLine.ExitCode;

/** Ends a command; the message is for people and says what to do. */
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

    /** For what is wrong about the call itself. */
    static CommandFailed wrongCall(String message) {
        return new CommandFailed(message, null, ExitCode.USAGE);
    }

    int exitCode() {
        return exitCode;
    }
}
