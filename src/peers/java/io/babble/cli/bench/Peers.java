package io.babble.cli.bench;

import io.babble.files.BundledText;
import io.babble.cli.Babble;
import io.babble.job.options.Settings;
import io.babble.model.backend.Backends;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Does the same work with Babble, PyTorch and DL4J, in turns in one process, and prints how long each takes. */
final class Peers {
    /** After one that nobody measures. */
    private static final int ROUNDS = 5;

    private static final long ROUND_NANOS = 2_000_000_000L;
    private static final int LEAST_STEPS = 2;

    private static final Work LARGE = new Work(2, 512, 100, 50);
    private static final List<Work> SMALLER =
            List.of(new Work(2, 512, 8, 20), new Work(2, 128, 50, 50));

    private final byte[] text;
    private final int processors = Runtime.getRuntime().availableProcessors();

    /** Who takes part, with as many threads, and the times of its steps. */
    private record Entry(String name, int threads, Engine engine, Times times) {
        Entry(String name, int threads, Engine engine) {
            this(name, threads, engine, new Times());
        }

        double median() {
            return times.quantile(0.5);
        }

        /** Whether it did better with another number of threads. */
        boolean isBeatenByItself(List<Entry> entries) {
            return entries.stream().anyMatch(other -> other.name.equals(name) && other.median() < median());
        }
    }

    private Peers(byte[] text) {
        this.text = text;
    }

    public static void main(String[] arguments) throws IOException {
        Backends.limitProcess(0);
        new Peers(BundledText.read()).compareAll();
    }

    private void compareAll() {
        print("%-24s %7s %10s %13s%n", "", "threads", "ms a step", "characters/s");
        List<Entry> entries = learning(LARGE);
        entries.add(new Entry("DL4J", processors, new Dl4jEngine(LARGE, windows(LARGE), processors)));
        compare("training " + LARGE, entries, LARGE.lanes() * LARGE.steps());
        for (Work work : SMALLER) {
            compare("training " + work, learning(work), work.lanes() * work.steps());
        }
        compare("writing 2×512, 1 text", writing(LARGE), 1);
    }

    private List<Entry> learning(Work work) {
        Settings settings = Settings.of(work.options());
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry("Babble", processors, BabbleEngine.learning(work, text)));
        for (int threads : threads()) {
            PytorchNet sameCell = PytorchNet.sameCell(settings, work.lanes());
            entries.add(new Entry(
                    "PyTorch, same cell", threads, PytorchEngine.learning(sameCell, windows(work), threads)));
            PytorchNet nnLstm = PytorchNet.nnLstm(settings, work.lanes());
            entries.add(
                    new Entry("PyTorch, nn.LSTM", threads, PytorchEngine.learning(nnLstm, windows(work), threads)));
        }
        return entries;
    }

    private List<Entry> writing(Work work) {
        Settings settings = Settings.of(work.options());
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry("Babble", 1, BabbleEngine.writing(work)));
        for (int threads : threads()) {
            entries.add(new Entry(
                    "PyTorch, same cell", threads, PytorchEngine.writing(PytorchNet.sameCell(settings, 1), threads)));
            entries.add(new Entry(
                    "PyTorch, nn.LSTM", threads, PytorchEngine.writing(PytorchNet.nnLstm(settings, 1), threads)));
        }
        return entries;
    }

    /** PyTorch shall have what is better for it. */
    private int[] threads() {
        return IntStream.of(1, processors).distinct().toArray();
    }

    private EngineBench.Lanes windows(Work work) {
        return new EngineBench.Lanes(text, work.lanes(), work.steps());
    }

    private static void compare(String work, List<Entry> entries, int symbols) {
        print("%s%n", work);
        for (int round = 0; round <= ROUNDS; round++) {
            for (Entry entry : entries) {
                Times times = round == 0 ? new Times() : entry.times();
                measure(entry.engine(), times);
            }
        }
        double ours = entries.get(0).median();
        for (Entry entry : entries) {
            if (!entry.isBeatenByItself(entries)) {
                print(
                        "    %-20s %7d %10.2f %13.0f   Babble is %.2f× as fast%n",
                        entry.name(),
                        entry.threads(),
                        entry.median() / 1e6,
                        symbols / entry.median() * 1e9,
                        entry.median() / ours);
            }
        }
        entries.forEach(entry -> entry.engine().close());
    }

    /** The first step is not measured: others had the caches. */
    private static void measure(Engine engine, Times times) {
        engine.enter();
        engine.step();
        long end = System.nanoTime() + ROUND_NANOS;
        int least = times.count() + LEAST_STEPS;
        while (times.count() < least || System.nanoTime() < end) {
            long begin = System.nanoTime();
            engine.step();
            times.add(System.nanoTime() - begin);
        }
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }
}
