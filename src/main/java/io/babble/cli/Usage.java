package io.babble.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** How a command is called. */
final class Usage {
    private Usage() {}

    /** @throws ParameterException with this problem, unless the call is valid */
    static void check(CommandSpec command, boolean valid, String problem) {
        if (!valid) {
            throw new ParameterException(command.commandLine(), problem);
        }
    }
}
