package io.babble.cli;

import io.babble.cli.terminal.Progress;
import io.babble.cli.terminal.Terminal;
import io.babble.files.Epochs;
import io.babble.files.Epochs.Epoch;
import io.babble.files.LossCurve;
import io.babble.files.ModelFile;
import io.babble.files.TextFiles;
import io.babble.files.TrainValidationSplit;
import io.babble.files.Validation;
import io.babble.files.WholeFile;
import io.babble.job.options.EngineFactory;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.model.Backend;
import io.babble.model.Learner;
import io.babble.model.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains on files, without Kafka and Flink. */
@Command(
        name = "learn",
        description = {
            "Trains a model on files as the job would, without Kafka and Flink.",
            "The files are concatenated to one text.",
            "The last line gives the loss, measured on each byte before it is learned (of several epochs: the first one's)."
        },
        mixinStandardHelpOptions = true)
final class Learn implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions config;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "UTF-8 text.")
    private List<Path> files;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Split the text into N streams of the same length and learn them side by side (default: ${DEFAULT-VALUE}).")
    private int streams;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "1",
            description = "Learn the text N times (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--validate",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Hold out this share at the end of each stream, and measure the loss on it after each epoch"
                    + " (default: ${DEFAULT-VALUE}).")
    private double validate;

    @Option(names = "--from", paramLabel = "FILE", description = "Resume from this model instead of a new one.")
    private Path from;

    @Option(
            names = "--save",
            paramLabel = "FILE",
            description =
                    "Save the model to this file after each epoch; with --validate only when its loss is the lowest so far.")
    private Path save;

    @Option(
            names = "--curve",
            paramLabel = "FILE",
            description =
                    "Write the learning curve to this CSV file: symbols, bits per byte and their average, every 10 000 symbols.")
    private Path curve;

    @Override
    public Integer call() throws IOException {
        checkOptions();
        Optional<Model> saved = from == null ? Optional.empty() : Optional.of(ModelFile.read(from));
        Settings settings = saved.map(config::jobOf).orElseGet(() -> config.job(Map.of(), Map.of()));
        check(settings.get(Options.LEARNING), Options.LEARNING.key() + " is false: learn is of no use then");
        EngineFactory engine = new EngineFactory(settings);
        Model model = saved.orElseGet(engine::newModel);
        try (TextFiles texts = new TextFiles(files);
                Backend backend = engine.newBackend()) {
            if (texts.size() == 0) {
                throw new CommandFailed("There is nothing to learn: the text is empty");
            }
            TrainValidationSplit text = new TrainValidationSplit(texts, streams, validate);
            if (validate > 0 && text.validationBytes() == 0) {
                throw new CommandFailed(
                        "--validate holds out no text: it is too short for this share and number of streams");
            }
            train(epochs(engine.newLearner(backend, model), text, settings), text.trainingBytes());
        }
        return 0;
    }

    private Epochs epochs(Learner learner, TrainValidationSplit text, Settings settings) {
        EngineFactory withoutDropout = new EngineFactory(settings.with(Map.of(Options.DROPOUT.key(), "0")));
        return new Epochs(
                learner,
                new EngineFactory(settings).newReplay(),
                text,
                settings.windowSizes().smallest(),
                copy -> withoutDropout.newLearner(withoutDropout.newBackend(), copy));
    }

    /** Checked first, so that they do not fail after hours of training. */
    private void checkOptions() {
        check(streams >= 1, "--streams must be at least 1, not " + streams);
        check(epochs >= 1, "--epochs must be at least 1, not " + epochs);
        check(validate >= 0 && validate < 1, "--validate must be 0 or more and below 1, not " + validate);
        check(save == null || WholeFile.writable(save), "--save: cannot write a file at " + save);
    }

    private void check(boolean valid, String problem) {
        if (!valid) {
            throw new ParameterException(spec.commandLine(), problem);
        }
    }

    private void train(Epochs training, long bytes) throws IOException {
        Progress progress =
                new Progress(spec.commandLine().getErr(), Terminal.isError(), epochs * bytes, System::nanoTime);
        Epoch first = null;
        long driftsBefore = training.learner().loss().drifts();
        try (LossCurve rows = curve == null ? null : new LossCurve(curve)) {
            for (int i = 0; i < epochs; i++) {
                Epoch epoch = next(training, i * bytes, rows, progress);
                if (save != null && epoch.best()) {
                    ModelFile.write(training.learner().snapshot(), save);
                }
                report(epoch);
                first = i == 0 ? epoch : first;
            }
        }
        warn(training.learner().loss().drifts() - driftsBefore, "drifts of the text were detected in the loss");
        String note = epochs == 1 ? "" : "  (epoch 1: later ones know the text)";
        print(
                "bits/byte %.4f  symbols %d  seconds %.1f%s%n",
                first.score().bitsPerByte(), first.score().symbols(), first.seconds(), note);
    }

    /** @param previousBytes bytes of the previous epochs */
    private static Epoch next(Epochs training, long previousBytes, LossCurve rows, Progress progress)
            throws IOException {
        try {
            return training.next((window, score) -> {
                if (rows != null) {
                    rows.add(window);
                }
                progress.update(
                        previousBytes + score.symbols(),
                        () -> String.format(Locale.ROOT, "  %.3f bits/byte", score.bitsPerByte()));
            });
        } finally {
            progress.clear();
        }
    }

    private void report(Epoch epoch) {
        warn(epoch.score().skipped(), "training steps were skipped, because their loss or gradient was not finite");
        if (epoch.number() == 1) {
            warn(epoch.bytesLeftOut(), "bytes were skipped, because they are not UTF-8");
            warn(epoch.score().unknown(), "characters were not learned, because the alphabet was full");
        }
        if (epochs > 1 || epoch.validation().isPresent()) {
            print(
                    "epoch %d  bits/byte %.4f%s  seconds %.1f%s%n",
                    epoch.number(),
                    epoch.score().bitsPerByte(),
                    epoch.validation().map(Learn::format).orElse(""),
                    epoch.seconds(),
                    epoch.validation().isPresent() && epoch.best() ? "  best" : "");
        }
    }

    private static String format(Validation validation) {
        return String.format(
                Locale.ROOT,
                "  validation bits/byte %.4f (%.4f while learning it)  nats/character %.4f",
                validation.bitsPerByte(),
                validation.whileLearning().bitsPerByte(),
                validation.natsPerCharacter());
    }

    private void print(String format, Object... values) {
        spec.commandLine().getOut().printf(Locale.ROOT, format, values);
    }

    private void warn(long count, String message) {
        if (count > 0) {
            spec.commandLine().getErr().println(count + " " + message);
        }
    }
}
