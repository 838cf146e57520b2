package io.babble.cli;

import io.babble.cli.terminal.LogFile;
import io.babble.job.options.ModelOptions;
import io.babble.job.options.Options;
import io.babble.job.savepoint.NewSavepoint;
import io.babble.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Creates a savepoint from a model or from savepoints. */
@Command(
        name = "import",
        description = {
            "Creates a savepoint from a model, to start a job from: `run --from DIR`, or `flink run -s DIR`.",
            "That job reads the topics from the beginning, or from the positions of another savepoint on."
        },
        mixinStandardHelpOptions = true)
final class Import implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "PATH",
            description = "File that `export` or `learn --save` wrote, or a savepoint: then its streams come along.")
    private Path from;

    @Option(
            names = "--positions",
            paramLabel = "DIR",
            description = "Savepoint to take everything else from: positions in the topics, streams, texts in progress."
                    + " The job does not read again what this one has read.")
    private Path positions;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIR",
            description = "Folder for the savepoint; it must be new or empty.")
    private Path to;

    @Override
    public Integer call() throws IOException {
        LogFile.onlyErrors();
        if (!isNewOrEmpty(to)) {
            throw CommandFailed.invalidUsage(to + " exists already: choose a new or empty folder with --to");
        }
        Model model = SavedModel.read(from);
        if (positions != null) {
            NewSavepoint.joined(from, positions, to);
        } else if (Files.isDirectory(from)) {
            NewSavepoint.withoutPositions(from, to);
        } else {
            NewSavepoint.ofModel(from, to);
        }
        spec.commandLine().getOut().println("To start from it: babble run --from " + to + requiredOptions(model));
        return 0;
    }

    /**
     * The options that the job must have, because a model cannot change its shape: those that differ from the defaults.
     */
    private static String requiredOptions(Model model) {
        Map<String, String> options = ModelOptions.of(model);
        Configuration values = Configuration.fromMap(options);
        return Options.ALL.stream()
                .filter(option -> !values.get(option.config()).equals(option.defaultValue()))
                .map(option -> " -D" + option.key() + "=" + options.get(option.key()))
                .collect(Collectors.joining());
    }

    private static boolean isNewOrEmpty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Files.notExists(folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }
}
