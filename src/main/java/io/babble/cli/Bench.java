package io.babble.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how fast this machine learns. */
@Command(
        name = "bench",
        description = {
            "Measures how fast this machine learns: training steps of the bare engine, then the whole service.",
            "Close other programs first; the numbers are for comparison within one run."
        },
        mixinStandardHelpOptions = true)
final class Bench implements Callable<Integer> {
    private static final int EMBEDDING = 64;

    /** A model and a window that others have published numbers for. */
    private record Work(int layers, int hidden, int lanes, int steps) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%d×%d, %d×%d", layers, hidden, lanes, steps);
        }

        Map<String, String> options() {
            return Map.of(
                    "babble.model.layers", Integer.toString(layers),
                    "babble.model.hidden", Integer.toString(hidden),
                    "babble.model.embedding", Integer.toString(EMBEDDING),
                    "babble.model.embedding-to-every-layer", "false",
                    "babble.model.every-layer-to-softmax", "false",
                    "babble.window.lanes", Integer.toString(lanes),
                    "babble.window.steps", Integer.toString(steps));
        }
    }

    private static final Work LARGE = new Work(2, 512, 100, 50);
    private static final Work SHORT = new Work(2, 512, 8, 20);
    private static final Work SMALL = new Work(2, 128, 50, 50);

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "20",
            description = "How long to measure each row (${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--engine-only", description = "Leave the service out.")
    private boolean engineOnly;

    @Mixin
    private Settings given;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Duration time = Duration.ofSeconds(seconds);
        byte[] text = text();
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%-16s %10s %17s %12s %9s%n", "training step", "median ms", "10 to 90 % ms", "characters/s", "GFLOP/s");
        double engine = 0;
        for (Work work : new Work[] {LARGE, SHORT, SMALL}) {
            EngineBench.Result result = EngineBench.run(settings(work), text, time);
            out.printf(
                    Locale.ROOT,
                    "%-16s %10.2f %8.2f–%-8.2f %12.0f %9.0f%n",
                    work,
                    result.medianMillis(),
                    result.tenthMillis(),
                    result.ninetiethMillis(),
                    result.symbolsPerSecond(),
                    result.gigaflops());
            out.flush();
            engine = work.equals(LARGE) ? result.symbolsPerSecond() : engine;
        }
        if (!engineOnly) {
            ServiceBench.Result service = ServiceBench.run(kafka -> settings(LARGE, kafka), text, time);
            out.printf(
                    Locale.ROOT,
                    "%nservice, %s: %.0f characters/s, %.0f %% of the engine (%d lanes, %.0f ms a step); under full load a"
                            + " checkpoint takes %.1f s, a stop with a savepoint %.1f s%n",
                    LARGE,
                    service.symbolsPerSecond(),
                    100 * service.symbolsPerSecond() / engine,
                    service.lanes(),
                    service.stepMillis(),
                    service.checkpointSeconds(),
                    service.stopSeconds());
        }
        return 0;
    }

    private io.babble.job.Settings settings(Work work, Map<String, String> more) {
        Map<String, String> options = new HashMap<>(work.options());
        options.putAll(given.all());
        options.putAll(more);
        return io.babble.job.Settings.of(options);
    }

    private io.babble.job.Settings settings(Work work) {
        return settings(work, Map.of());
    }

    private static byte[] text() throws IOException {
        try (InputStream text = Bench.class.getResourceAsStream("tinyshakespeare.txt")) {
            return text.readAllBytes();
        }
    }
}
