package io.babble.cli;

import io.babble.cli.terminal.LogFile;
import io.babble.files.ModelFile;
import io.babble.job.options.ModelOptions;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.job.savepoint.NewSavepoint;
import io.babble.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a savepoint of a model. */
@Command(
        name = "import",
        description = {
            "Makes a savepoint of a model, for a job to begin with: `run --from DIR`, or `flink run -s DIR`.",
            "That job reads all text there is, from its beginning."
        },
        mixinStandardHelpOptions = true)
final class Import implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "FILE",
            description = "File that `export` or `learn --save` wrote.")
    private Path from;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIR",
            description = "Folder to make the savepoint in; it must be new or empty.")
    private Path to;

    @Override
    public Integer call() throws IOException {
        LogFile.onlyErrors();
        if (!isFree(to)) {
            throw CommandFailed.wrongCall("There is something at " + to + " already: name a new folder with --to");
        }
        Model model = ModelFile.read(from);
        NewSavepoint.write(from, to);
        spec.commandLine().getOut().println("To begin with it: babble run --from " + to + options(model));
        return 0;
    }

    /** What such a job must be told, since a model keeps its shape for life. */
    private static String options(Model model) {
        Map<String, String> described = ModelOptions.of(model);
        Settings job = Settings.of(described);
        return Options.ALL.stream()
                .filter(option -> !job.get(option).equals(option.defaultValue()))
                .map(option -> " -D" + option.key() + "=" + described.get(option.key()))
                .collect(Collectors.joining());
    }

    private static boolean isFree(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Files.notExists(folder);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }
}
