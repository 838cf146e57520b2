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
import io.babble.job.options.ModelOptions;
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

/** Learns files, without Kafka and without Flink. */
@Command(
        name = "learn",
        description = {
            "Learns from files, without Kafka or Flink, as the job would.",
            "The files are one text, one after the other.",
            "The last line says how well each byte was foretold before it was learned (of several epochs: in the first)."
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
                    "Cut the text into N streams of the same length and learn them side by side (${DEFAULT-VALUE}).")
    private int streams;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "1",
            description = "Learn the text N times, each time from its beginning (${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--validate",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Hold out this share of each stream, its end, and measure the loss on it after each epoch"
                    + " (${DEFAULT-VALUE}).")
    private double validate;

    @Option(names = "--from", paramLabel = "FILE", description = "Go on with this model instead of a new one.")
    private Path from;

    @Option(
            names = "--save",
            paramLabel = "FILE",
            description =
                    "Save the model here after each epoch; with --validate only when its loss is the lowest so far.")
    private Path save;

    @Option(
            names = "--curve",
            paramLabel = "FILE",
            description =
                    "Write a table (CSV) of symbols, bits per byte and its average here, a row every 10 000 symbols.")
    private Path curve;

    @Override
    public Integer call() throws IOException {
        checkCall();
        Optional<Model> saved = from == null ? Optional.empty() : Optional.of(ModelFile.read(from));
        Settings settings = config.job(saved.map(ModelOptions::of).orElse(Map.of()), Map.of());
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
                        "--validate holds nothing out: the text is too short for this share and these streams");
            }
            learn(epochs(engine.newLearner(backend, model), text, settings), text.trainingBytes());
        }
        return 0;
    }

    private Epochs epochs(Learner learner, TrainValidationSplit text, Settings settings) {
        EngineFactory withoutDropout =
                new EngineFactory(config.job(settings.toMap(), Map.of(Options.DROPOUT.key(), "0")));
        return new Epochs(
                learner,
                new EngineFactory(settings).newReplay(),
                text,
                settings.windowSizes().smallest(),
                copy -> withoutDropout.newLearner(withoutDropout.newBackend(), copy));
    }

    /** What would only fail after hours of learning. */
    private void checkCall() {
        check(streams >= 1, "--streams must be at least 1, not " + streams);
        check(epochs >= 1, "--epochs must be at least 1, not " + epochs);
        check(validate >= 0 && validate < 1, "--validate must be 0 or more and below 1, not " + validate);
        check(save == null || WholeFile.writable(save), "--save: no file can be written at " + save);
    }

    private void check(boolean right, String wrong) {
        if (!right) {
            throw new ParameterException(spec.commandLine(), wrong);
        }
    }

    private void learn(Epochs learning, long bytes) throws IOException {
        Progress progress =
                new Progress(spec.commandLine().getErr(), Terminal.interactive(), epochs * bytes, System::nanoTime);
        Epoch first = null;
        long driftsBefore = learning.learner().loss().drifts();
        try (LossCurve rows = curve == null ? null : new LossCurve(curve)) {
            for (int i = 0; i < epochs; i++) {
                Epoch epoch = next(learning, i * bytes, rows, progress);
                if (save != null && epoch.best()) {
                    ModelFile.write(learning.learner().snapshot(), save);
                }
                report(epoch);
                first = i == 0 ? epoch : first;
            }
        }
        warn(learning.learner().loss().drifts() - driftsBefore, "times the text became another one, as its loss shows");
        String which = epochs == 1 ? "" : "  (epoch 1: later ones know the text)";
        print(
                "bits/byte %.4f  symbols %d  seconds %.1f%s%n",
                first.score().bitsPerByte(), first.score().symbols(), first.seconds(), which);
    }

    /** @param before bytes of the epochs before */
    private static Epoch next(Epochs learning, long before, LossCurve rows, Progress progress) throws IOException {
        try {
            return learning.next((window, score) -> {
                if (rows != null) {
                    rows.add(window);
                }
                progress.at(
                        before + score.symbols(),
                        () -> String.format(Locale.ROOT, "  %.3f bits/byte", score.bitsPerByte()));
            });
        } finally {
            progress.end();
        }
    }

    private void report(Epoch epoch) {
        warn(epoch.score().skipped(), "training steps were skipped, because their loss or gradient was not finite");
        if (epoch.number() == 1) {
            warn(epoch.bytesLeftOut(), "bytes were left out, because they are not UTF-8");
            warn(epoch.score().unknown(), "characters could not be learned, because the alphabet was full");
        }
        if (epochs > 1 || epoch.validation().isPresent()) {
            print(
                    "epoch %d  bits/byte %.4f%s  seconds %.1f%s%n",
                    epoch.number(),
                    epoch.score().bitsPerByte(),
                    epoch.validation().map(Learn::said).orElse(""),
                    epoch.seconds(),
                    epoch.validation().isPresent() && epoch.best() ? "  best" : "");
        }
    }

    private static String said(Validation validation) {
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

    private void warn(long count, String what) {
        if (count > 0) {
            spec.commandLine().getErr().println(count + " " + what);
        }
    }
}
