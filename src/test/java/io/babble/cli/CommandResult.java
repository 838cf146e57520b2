package io.babble.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * The result of a command that ran in this process.
 *
 * @param exitCode 0, 1 or 2
 * @param out standard output
 * @param err standard error
 */
public record CommandResult(int exitCode, String out, String err) {
    /** Runs a command. */
    public static CommandResult babble(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Babble.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return new CommandResult(commandLine.execute(args), out.toString(), err.toString());
    }
}
