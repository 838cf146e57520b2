package io.babble.cli;

import io.babble.job.Options;
import io.babble.model.Backend;
import io.babble.model.Learner;
import io.babble.model.Model;
import java.io.IOException;
import java.io.PrintWriter;
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

/** Learns files once, without Kafka and without Flink. */
@Command(
        name = "learn",
        description = {
            "Learns from files once, without Kafka or Flink, as the job would.",
            "The files are one text, one after the other.",
            "The last line says how well each byte was foretold before it was learned."
        },
        mixinStandardHelpOptions = true)
final class Learn implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Settings settings;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "UTF-8 text.")
    private List<Path> files;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Cut the text into N streams of the same length and learn them side by side (${DEFAULT-VALUE}).")
    private int streams;

    @Option(names = "--from", paramLabel = "FILE", description = "Go on with this model instead of a new one.")
    private Path from;

    @Option(names = "--save", paramLabel = "FILE", description = "Save the model here when all is learned.")
    private Path save;

    @Option(
            names = "--curve",
            paramLabel = "FILE",
            description =
                    "Write a table (CSV) of symbols, bits per byte and its average here, a row every 10 000 symbols.")
    private Path curve;

    @Override
    public Integer call() throws IOException {
        checkTargets();
        Map<String, String> options = settings.all();
        Optional<Model> saved = from == null ? Optional.empty() : Optional.of(ModelFile.read(from));
        saved.ifPresent(model -> ModelFile.describe(model, options));
        var job = io.babble.job.Settings.of(options);
        Model model = saved.orElseGet(job::newModel);
        try (TextFiles texts = new TextFiles(files);
                Backend backend = job.newBackend()) {
            if (texts.size() == 0) {
                throw new CommandFailed("There is nothing to learn: the text is empty");
            }
            Learner learner = new Learner(backend, job.shape(), job.training().optimizer(), job.learningRate(), model);
            int lanes = job.get(Options.WINDOW_LANES);
            int steps = job.get(Options.WINDOW_STEPS);
            report(
                    new FileLearner(
                            learner, job.newReplay(), job.shape().stateLength(), lanes, steps, texts.cut(streams)),
                    texts.size());
            if (save != null) {
                ModelFile.write(learner.snapshot(), save);
            }
        }
        return 0;
    }

    /** What would only fail after hours of learning. */
    private void checkTargets() {
        if (streams < 1) {
            throw new ParameterException(spec.commandLine(), "--streams must be at least 1, not " + streams);
        }
        if (save != null && !WholeFile.writable(save)) {
            throw new ParameterException(spec.commandLine(), "--save: no file can be written at " + save);
        }
    }

    private void report(FileLearner texts, long bytes) throws IOException {
        long begin = System.nanoTime();
        Score score = learn(texts, bytes);
        double seconds = (System.nanoTime() - begin) / 1e9;
        warn(score.skipped(), "training steps were skipped, because their loss or gradient was not finite");
        warn(texts.bytesLeftOut(), "bytes were left out, because they are not UTF-8");
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "bits/byte %.4f  symbols %d  seconds %.1f%n",
                        score.bitsPerByte(),
                        score.symbols(),
                        seconds);
    }

    private Score learn(FileLearner texts, long bytes) throws IOException {
        Score score = new Score();
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = new Progress(err, Terminal.interactive(), bytes, System::nanoTime);
        try (Curve rows = curve == null ? null : new Curve(curve)) {
            for (var window = texts.next(); window.isPresent(); window = texts.next()) {
                score.add(window.get());
                if (rows != null) {
                    rows.add(window.get());
                }
                progress.at(score.symbols(), () -> String.format(Locale.ROOT, "  %.3f bits/byte", score.bitsPerByte()));
            }
        } finally {
            progress.end();
        }
        return score;
    }

    private void warn(long count, String what) {
        if (count > 0) {
            spec.commandLine().getErr().println(count + " " + what);
        }
    }
}
