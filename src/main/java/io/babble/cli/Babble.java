package io.babble.cli;

import io.babble.files.UnusableFileException;
import io.babble.job.savepoint.SavepointException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * {@code babble <command>}. Exit code 0 when all is well, 1 when the command failed, 2 when it was called wrongly; what is wrong
 * stands in one line on stderr.
 */
@Command(
        name = "babble",
        description = "A service that learns to write from a stream.",
        mixinStandardHelpOptions = true,
        versionProvider = Babble.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            Demo.class,
            Run.class,
            Publish.class,
            Read.class,
            Ask.class,
            Learn.class,
            Write.class,
            Export.class,
            Import.class,
            Inspect.class,
            Bench.class
        })
public final class Babble {
    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "When something goes wrong, show the stack trace too.")
    private boolean debug;

    private Babble() {}

    public static void main(String[] args) {
        CommandLine babble = commandLine();
        babble.setOut(terminal(FileDescriptor.out));
        babble.setErr(terminal(FileDescriptor.err));
        System.exit(babble.execute(args));
    }

    /** The whole command line; tests give it writers of their own. */
    static CommandLine commandLine() {
        Babble babble = new Babble();
        CommandLine commandLine = new CommandLine(babble);
        commandLine.setParameterExceptionHandler((e, args) -> {
            CommandLine command = e.getCommandLine();
            report(command, e, babble.debug);
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
        commandLine.setExecutionExceptionHandler((e, command, parsed) -> {
            report(command, e, babble.debug);
            return e instanceof CommandFailed failed ? failed.exitCode() : ExitCode.SOFTWARE;
        });
        return commandLine;
    }

    private static void report(CommandLine command, Exception e, boolean debug) {
        String name = command.getCommandSpec().qualifiedName();
        String hint = e instanceof ParameterException ? " (" + name + " --help tells more)" : "";
        command.getErr().println(name + ": " + oneLine(e) + hint);
        if (debug) {
            e.printStackTrace(command.getErr());
        }
        command.getErr().flush();
    }

    /** Errors made for people say what to do; of others the type says what the message may not. */
    private static String oneLine(Exception e) {
        String message = Objects.requireNonNullElse(e.getMessage(), "").lines().collect(Collectors.joining("; "));
        boolean clear = e instanceof CommandFailed
                || e instanceof ParameterException
                || e instanceof SavepointException
                || e instanceof UnusableFileException
                || e instanceof IllegalStateException
                || e instanceof UnsupportedOperationException
                || e instanceof IllegalArgumentException;
        return clear && !message.isEmpty()
                ? message
                : e.getClass().getSimpleName() + ": " + message + " (--debug shows where)";
    }

    /** UTF-8 whatever the locale: a text is what the model wrote. */
    private static PrintWriter terminal(FileDescriptor stream) {
        return new PrintWriter(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    }

    /** What the jar's manifest says. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Babble.class.getPackage().getImplementationVersion();
            return new String[] {"babble " + Objects.requireNonNullElse(version, "(not packaged)")};
        }
    }
}
