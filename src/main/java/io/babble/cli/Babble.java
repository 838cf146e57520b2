package io.babble.cli;

import io.babble.cli.terminal.StandardOutput;
import io.babble.cli.terminal.Terminal;
import io.babble.cli.terminal.TextPrinter;
import io.babble.files.UnusableFileException;
import io.babble.job.options.Options;
import io.babble.job.savepoint.SavepointException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * {@code babble <command>}. Exit code 0 is success, 1 a failure of the command, 2 invalid usage. Errors are one line on
 * stderr.
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
            TopicsCommand.class,
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
    /** With less even the log cannot be set up, which says so at length. */
    private static final long MIN_HEAP = 32 << 20;

    private static final String NATIVE_ENCODING = "sun.jnu.encoding";
    private static final Pattern KAFKA_VALUE =
            Pattern.compile("(" + Pattern.quote(Options.KAFKA_PREFIX) + "[\\w.-]+)[^\\w.-].*", Pattern.DOTALL);

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print the stack trace of an error too.")
    private boolean debug;

    private Babble() {}

    public static void main(String[] args) {
        StandardOutput out = new StandardOutput();
        PrintWriter err = new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.exit(run(args, out, err));
    }

    private static int run(String[] args, StandardOutput out, PrintWriter err) {
        if (areUndecodable(args)) {
            err.println("babble: The locale's encoding (" + System.getProperty(NATIVE_ENCODING)
                    + ") cannot represent the arguments: set LC_ALL=C.UTF-8");
            return ExitCode.USAGE;
        }
        long heap = Runtime.getRuntime().maxMemory();
        if (heap < MIN_HEAP) {
            err.println("babble: Java has a heap of only " + (heap >> 20) + " MiB: give it more, as with -Xmx1g");
            return ExitCode.SOFTWARE;
        }
        int exitCode;
        try {
            exitCode = commandLine().setOut(out.writer()).setErr(err).execute(args);
        } catch (OutOfMemoryError e) {
            err.println("babble: Not enough memory (" + e.getMessage() + "): give Java more, as with -Xmx1g");
            return ExitCode.SOFTWARE;
        }
        Optional<String> failure = out.failure();
        failure.ifPresent(why -> err.println("babble: Cannot write to standard output: " + why));
        return exitCode == ExitCode.OK && failure.isPresent() ? ExitCode.SOFTWARE : exitCode;
    }

    /** The JVM decodes arguments before {@code main}, and replaces what the locale's encoding does not have. */
    private static boolean areUndecodable(String[] args) {
        return !System.getProperty(NATIVE_ENCODING).equals(StandardCharsets.UTF_8.name())
                && Arrays.stream(args).anyMatch(arg -> arg.indexOf('\uFFFD') >= 0);
    }

    /** The whole command line; tests replace its output writers. */
    static CommandLine commandLine() {
        Babble babble = new Babble();
        CommandLine commandLine = new CommandLine(babble);
        commandLine.setParameterExceptionHandler((e, args) -> {
            CommandLine command = e.getCommandLine();
            report(
                    command,
                    new ParameterException(command, withoutKafkaValues(e.getMessage()), e.getCause()),
                    babble.debug);
            return command.getCommandSpec().exitCodeOnInvalidInput();
        });
        commandLine.setExecutionExceptionHandler((e, command, parsed) -> {
            report(command, e, babble.debug);
            return e instanceof CommandFailed failed ? failed.exitCode() : ExitCode.SOFTWARE;
        });
        return commandLine;
    }

    /** Cuts a message that quotes an argument behind the name of a setting of Kafka: its value may be a secret. */
    private static String withoutKafkaValues(String message) {
        return KAFKA_VALUE.matcher(message).replaceFirst("$1 …");
    }

    private static void report(CommandLine command, Exception e, boolean debug) {
        String name = command.getCommandSpec().qualifiedName();
        String hint = e instanceof ParameterException ? " (see " + name + " --help)" : "";
        new TextPrinter(command.getErr(), Terminal.isError()).print(name + ": " + oneLine(e) + hint + "\n");
        if (debug) {
            e.printStackTrace(command.getErr());
        }
        command.getErr().flush();
    }

    /**
     * The message if it is made for users; otherwise the exception's type too, as the message alone may not be clear.
     */
    private static String oneLine(Exception e) {
        String message = Objects.requireNonNullElse(e.getMessage(), "").lines().collect(Collectors.joining("; "));
        boolean forUsers = e instanceof CommandFailed
                || e instanceof ParameterException
                || e instanceof SavepointException
                || e instanceof UnusableFileException
                || e instanceof IllegalStateException
                || e instanceof UnsupportedOperationException
                || e instanceof IllegalArgumentException;
        return forUsers && !message.isEmpty()
                ? message
                : e.getClass().getSimpleName() + ": " + message + " (--debug prints the stack trace)";
    }

    /** Reads the version from the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Babble.class.getPackage().getImplementationVersion();
            return new String[] {"babble " + Objects.requireNonNullElse(version, "(not packaged)")};
        }
    }
}
