package io.babble.cli;

import io.babble.cli.terminal.Progress;
import io.babble.cli.terminal.StopSignal;
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
    /** As a shell reports a process that SIGINT has ended. */
    private static final int INTERRUPTED = 130;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions config;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "UTF-8 text; - is standard input.")
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
                    "Save the model to this file after each epoch, and at Ctrl-C; with --validate only when its loss is the lowest so far.")
    private Path save;

    @Option(
            names = "--curve",
            paramLabel = "FILE",
            description =
                    "Write the learning curve to this CSV file: symbols, bits per byte and their average, every 10 000 symbols.")
    private Path curve;

    private StopSignal stop;

    @Override
    public Integer call() throws IOException {
        checkOptions();
        Optional<Model> saved = from == null ? Optional.empty() : Optional.of(ModelFile.read(from));
        Settings settings = saved.map(config::jobOf).orElseGet(() -> config.job(Map.of(), Map.of()));
        Usage.check(
                spec, settings.get(Options.LEARNING), Options.LEARNING.key() + " is false: learn is of no use then");
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
            // Without a file to save to, the signal ends the process as that of any other.
            stop = save == null ? null : StopSignal.install();
            return train(epochs(engine.newLearner(backend, model), text, settings), text.trainingBytes());
        }
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
    private void checkOptions() throws IOException {
        Usage.check(spec, streams >= 1, "--streams must be at least 1, not " + streams);
        Usage.check(spec, epochs >= 1, "--epochs must be at least 1, not " + epochs);
        Usage.check(spec, validate >= 0 && validate < 1, "--validate must be 0 or more and below 1, not " + validate);
        checkOutput("--save", save);
        checkOutput("--curve", curve);
        Usage.check(
                spec,
                save == null || curve == null || !WholeFile.same(save, curve),
                "--save and --curve must not be the same file");
        Usage.check(
                spec,
                from == null || curve == null || !WholeFile.same(from, curve),
                "--curve must not be the file of --from");
    }

    private void checkOutput(String option, Path output) throws IOException {
        if (output != null) {
            Usage.check(spec, WholeFile.writable(output), option + ": cannot write a file at " + output);
            for (Path file : files) {
                Usage.check(spec, !WholeFile.same(file, output), option + " would overwrite the text " + file);
            }
        }
    }

    private int train(Epochs training, long bytes) throws IOException {
        Progress progress =
                new Progress(spec.commandLine().getErr(), Terminal.isError(), epochs * bytes, System::nanoTime);
        Epoch first = null;
        boolean saved = false;
        long driftsBefore = training.learner().loss().drifts();
        if (from != null) {
            training.measureFirst().ifPresent(validation -> print("epoch 0%s  best%n", format(validation)));
        }
        try (LossCurve rows = curve == null ? null : new LossCurve(curve)) {
            for (int i = 0; i < epochs; i++) {
                Optional<Epoch> epoch = next(training, i * bytes, rows, progress);
                if (epoch.isEmpty()) {
                    return stopped(training.learner(), i + 1, saved);
                }
                requireText(epoch.get());
                if (save != null && epoch.get().best()) {
                    ModelFile.write(training.learner().snapshot(), save);
                    saved = true;
                }
                report(epoch.get());
                first = i == 0 ? epoch.get() : first;
            }
        }
        if (save != null && !saved) {
            spec.commandLine()
                    .getErr()
                    .println("No epoch was better than the model of --from: " + save + " was not written");
        }
        warn(training.learner().loss().drifts() - driftsBefore, "drifts of the text were detected in the loss");
        String note = epochs == 1 ? "" : "  (epoch 1: later ones know the text)";
        print(
                "bits/byte %.4f  symbols %d  seconds %.1f%s%n",
                first.score().bitsPerByte(), first.score().symbols(), first.seconds(), note);
        return 0;
    }

    /** With validation the file has the best model, or the one that training began with. */
    private int stopped(Learner learner, int epoch, boolean saved) throws IOException {
        boolean keep = validate > 0 && (saved || (from != null && WholeFile.same(from, save)));
        if (!keep) {
            ModelFile.write(learner.snapshot(), save);
        }
        spec.commandLine()
                .getErr()
                .println("Stopped in epoch " + epoch + ": " + save + " has the " + (keep ? "best" : "newest")
                        + " model");
        return INTERRUPTED;
    }

    private static void requireText(Epoch epoch) {
        if (epoch.score().symbols() == 0) {
            throw new CommandFailed("There is nothing to learn: no character of the text is UTF-8");
        }
        if (epoch.validation().filter(validation -> validation.bytes() == 0).isPresent()) {
            throw new CommandFailed("--validate holds out no text: no character of it is UTF-8");
        }
    }

    /**
     * Empty at a signal.
     *
     * @param previousBytes bytes of the previous epochs
     */
    private Optional<Epoch> next(Epochs training, long previousBytes, LossCurve rows, Progress progress)
            throws IOException {
        try {
            return training.next((window, score) -> {
                if (rows != null) {
                    rows.add(window);
                }
                progress.update(
                        previousBytes + score.symbols(),
                        () -> String.format(Locale.ROOT, "  %.3f bits/byte", score.bitsPerByte()));
                return stop == null || !stop.isReceived();
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
