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
import picocli.CommandLine.Spec;

/** Extracts the model from a savepoint. */
@Command(
        name = "export",
        description = {
            "Extracts the model from a savepoint or retained checkpoint.",
            "`write --model`, `learn --from` and `import --from` read a .babble file. A .safetensors file is for other"
                    + " programs; a .json file beside it describes the model."
        },
        mixinStandardHelpOptions = true)
final class Export implements Callable<Integer> {
    private static final String MODEL_ENDING = ".babble";

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"--savepoint", "--from"},
            required = true,
            paramLabel = "DIR",
            description = "Folder of the savepoint or checkpoint, or a .babble file.")
    private Path from;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FILE",
            description = "File to write, ending in .babble or .safetensors.")
    private Path to;

    @Override
    public Integer call() throws IOException {
        boolean safetensors = to.toString().endsWith(Safetensors.ENDING);
        Usage.check(
                spec,
                safetensors || to.toString().endsWith(MODEL_ENDING),
                "--to must end in " + MODEL_ENDING + " or " + Safetensors.ENDING + ", not " + to);
        Usage.check(spec, WholeFile.writable(to), "--to: cannot write a file at " + to);
        Model model = SavedModel.read(from);
        if (safetensors) {
            Safetensors.write(model, to);
        } else {
            ModelFile.write(model, to);
        }
        return 0;
    }
}
