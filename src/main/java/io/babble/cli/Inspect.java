package io.babble.cli;

import io.babble.cli.terminal.Terminal;
import io.babble.cli.terminal.TextPrinter;
import io.babble.job.savepoint.Savepoint;
import io.babble.job.savepoint.TextOffset;
import io.babble.job.state.Ledger;
import io.babble.model.Model;
import io.babble.model.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the content of a savepoint or a model file. */
@Command(
        name = "inspect",
        description = "Shows the content of a savepoint, a retained checkpoint or a model file.",
        mixinStandardHelpOptions = true)
final class Inspect implements Callable<Integer> {
    private static final int MAX_LINES = 5;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PATH", description = "Folder of the savepoint or checkpoint, or a model file.")
    private Path path;

    private record StreamLine(String name, long position, int pending) {}

    private record AnswerLine(String id, int written, int length) {}

    @Override
    public Integer call() throws IOException {
        print(SavedModel.read(path));
        if (Files.isDirectory(path)) {
            print(Savepoint.in(path));
        }
        return 0;
    }

    private void print(Model model) {
        Shape shape = model.shape();
        line("version", "%,d", model.version());
        line("learned", "%,d symbols", model.symbols());
        line("bits/byte", "%.4f", model.loss().average());
        line("drifts", "%,d", model.loss().drifts());
        line("rollbacks", "%,d", model.loss().rollbacks());
        line("shape", "V %d, E %d, H %d, L %d", shape.symbols(), shape.embedding(), shape.hidden(), shape.layers());
        line("parameters", "%,d", shape.parameters());
        int characters = model.alphabet().characters().length;
        line(
                "alphabet",
                "%s%s",
                model.alphabet().name(),
                characters == 0 ? "" : String.format(Locale.ROOT, ", %,d characters beyond Latin-1", characters));
        line(
                "optimizer",
                "%s%s",
                model.optimizer().name().toLowerCase(Locale.ROOT),
                model.moments().length < model.optimizer().moments() ? ", no moments" : "");
    }

    private void print(Savepoint savepoint) throws IOException {
        Ledger ledger = savepoint.ledger();
        List<StreamLine> streams = new ArrayList<>();
        savepoint.streams(
                (name, stream) -> streams.add(new StreamLine(name, stream.position(), stream.pendingBytes())));
        List<AnswerLine> answers = new ArrayList<>();
        savepoint.answers((id, answer) -> answers.add(new AnswerLine(
                id, answer.text().offset(), answer.text().request().length())));

        line("accepted", "%,d bytes", ledger.accepted());
        line("pending", "%,d", streams.stream().mapToLong(StreamLine::pending).sum());
        line("dead", "%,d", ledger.dead());
        line("unknown", "%,d characters", ledger.unknown());
        line("skipped", "%,d steps", ledger.skipped());
        for (TextOffset read : savepoint.textOffsets()) {
            line(
                    "read",
                    "%s-%d to offset %s%s",
                    read.topic(),
                    read.partition(),
                    read.offset() < 0 ? "0" : String.format(Locale.ROOT, "%,d", read.offset()),
                    read.bytes() == 0 ? "" : String.format(Locale.ROOT, " and %,d bytes of it", read.bytes()));
        }
        line("streams", "%,d", streams.size());
        streams.stream()
                .sorted(Comparator.comparingLong(StreamLine::position)
                        .reversed()
                        .thenComparing(StreamLine::name))
                .limit(MAX_LINES)
                .forEach(stream -> line("", "%s  %,d symbols", stream.name(), stream.position()));
        line("unfinished", "%,d texts", answers.size());
        answers.stream()
                .sorted(Comparator.comparing(AnswerLine::id))
                .limit(MAX_LINES)
                .forEach(answer ->
                        line("", "%s  %,d of %,d characters", answer.id(), answer.written(), answer.length()));
        savepoint.writersModel().ifPresent(model -> line("writer", "version %,d", model.version()));
    }

    private void line(String label, String format, Object... values) {
        TextPrinter printer = new TextPrinter(spec.commandLine().getOut(), Terminal.isOutput());
        printer.print(String.format(Locale.ROOT, "%-12s%s%n", label, String.format(Locale.ROOT, format, values)));
    }
}
