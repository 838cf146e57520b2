package io.babble.cli;

import io.babble.files.ModelFile;
import io.babble.files.Safetensors;
import io.babble.files.WholeFile;
import io.babble.model.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Takes the model out of a savepoint. */
@Command(
        name = "export",
        description = {
            "Takes the model out of a savepoint or retained checkpoint.",
            "A .babble file is what `write --model`, `learn --from` and `import --from` read; a .safetensors file is for"
                    + " other programs, with a .json beside it that says how its tensors belong together."
        },
        mixinStandardHelpOptions = true)
final class Export implements Callable<Integer> {
    private static final String MODEL = ".babble";

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"--savepoint", "--from"},
            required = true,
            paramLabel = "DIR",
            description = "Folder of the savepoint or checkpoint; or a .babble file.")
    private Path from;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FILE",
            description = "File to write, with .babble or .safetensors at its end.")
    private Path to;

    @Override
    public Integer call() throws IOException {
        boolean safetensors = to.toString().endsWith(Safetensors.ENDING);
        if (!safetensors && !to.toString().endsWith(MODEL)) {
            throw new ParameterException(
                    spec.commandLine(), "--to must end in " + MODEL + " or " + Safetensors.ENDING + ", unlike " + to);
        }
        if (!WholeFile.writable(to)) {
            throw new ParameterException(spec.commandLine(), "--to: no file can be written at " + to);
        }
        Model model = SavedModel.read(from);
        if (safetensors) {
            Safetensors.write(model, to);
        } else {
            ModelFile.write(model, to);
        }
        return 0;
    }
}
