package io.babble.cli;

import io.babble.cli.terminal.Terminal;
import io.babble.cli.terminal.TextPrinter;
import io.babble.files.ModelFile;
import io.babble.files.Novelty;
import io.babble.job.options.EngineFactory;
import io.babble.model.Model;
import io.babble.model.writing.Decoder;
import io.babble.model.writing.Request;
import io.babble.model.writing.Sampling;
import io.babble.model.writing.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a text with a saved model. */
@Command(
        name = "write",
        description = "Writes text with a saved model: the prompt, then the model's continuation.",
        mixinStandardHelpOptions = true)
final class Write implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions config;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "File that `learn --save` wrote.")
    private Path file;

    @Parameters(arity = "0..1", paramLabel = "PROMPT", defaultValue = "", description = "Beginning of the text.")
    private String prompt;

    @Mixin
    private WritingOptions writing;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "End the text before this string (default: none).")
    private String stop;

    @Option(
            names = "--new-to",
            paramLabel = "FILE",
            description =
                    "Print only complete lines that do not occur in this file, each once, and count them on standard error: the"
                            + " lines that the model invented.")
    private Path comparedText;

    @Override
    public Integer call() throws IOException {
        Text text = new Text(request());
        Novelty novelty = comparedText == null ? null : new Novelty(comparedText);
        Model model = ModelFile.read(file);
        EngineFactory engine = new EngineFactory(config.jobOf(model));
        try (Decoder decoder = engine.newDecoder(engine.newWriterBackend(), model)) {
            if (novelty == null) {
                write(text, decoder, UnaryOperator.identity());
                new TextPrinter(spec.commandLine().getOut(), Terminal.isOutput()).print("\n");
            } else {
                write(text, decoder, novelty::newLinesIn);
                spec.commandLine()
                        .getErr()
                        .println(novelty.newLines() + " of " + novelty.lines() + " lines are new: neither in "
                                + comparedText + " nor written before");
            }
        }
        return 0;
    }

    private Request request() {
        try {
            return new Request(
                    prompt,
                    writing.length,
                    new Sampling(writing.temperature, writing.topK, writing.topP),
                    writing.seed == null ? ThreadLocalRandom.current().nextLong() : writing.seed,
                    stop);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** @param filter selects what to print of each new piece */
    private void write(Text text, Decoder decoder, UnaryOperator<String> filter) {
        TextPrinter printer = new TextPrinter(spec.commandLine().getOut(), Terminal.isOutput());
        boolean outputOpen = printer.print(filter.apply(text.request().prompt()));
        while (outputOpen && !text.isDone()) {
            decoder.advance(List.of(text));
            outputOpen = printer.print(filter.apply(text.takeWritten()));
        }
    }
}
