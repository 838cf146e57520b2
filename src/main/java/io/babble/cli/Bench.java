package io.babble.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.babble.cli.bench.EngineBench;
import io.babble.cli.bench.ServiceBench;
import io.babble.cli.bench.Work;
import io.babble.cli.bench.WritingBench;
import io.babble.cli.terminal.LogFile;
import io.babble.files.BundledText;
import io.babble.files.WholeFile;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.model.BackendType;
import io.babble.model.Precision;
import io.babble.model.backend.Backends;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how fast this machine learns and writes. */
@Command(
        name = "bench",
        description = {
            "Measures how fast this machine learns and writes: first the bare engine, then the whole service, with and without"
                    + " checkpoints.",
            "Close other programs first. Compare only numbers of the same run."
        },
        mixinStandardHelpOptions = true)
final class Bench implements Callable<Integer> {
    private static final Work LARGE = new Work(2, 512, 100, 50);
    private static final List<Work> WORKS =
            List.of(LARGE, new Work(2, 512, 8, 20), new Work(2, 128, 50, 50), new Work(3, 512, 50, 50));
    /** What the user may choose. */
    private static final List<io.babble.job.options.Option<?>> TAKEN_OVER =
            List.of(Options.BACKEND, Options.PRECISION, Options.THREADS, Options.NATIVE_MEMORY);

    private static final int[] PROMPTS = {1, 64};

    private record Training(Work work, EngineBench.Result result, double shareOfMatrixRate) {}

    private record Writing(Work work, WritingBench.Result result) {}

    private record Service(Work work, ServiceBench.Result result, double shareOfEngine) {}

    /** The results of one run, for the JSON file. */
    private record Results(
            Precision precision,
            double matrixGigaflops,
            List<Training> training,
            List<Writing> writing,
            List<Service> service) {}

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "20",
            description = "Duration of the measurement of each row (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(names = "--engine-only", description = "Skip the service.")
    private boolean engineOnly;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the results to this file too.")
    private Path json;

    @Mixin
    private ConfigOptions config;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        LogFile.onlyErrors();
        config.allowOnly(
                TAKEN_OVER.stream().map(io.babble.job.options.Option::key).toList());
        Duration time = Duration.ofSeconds(seconds);
        byte[] text = BundledText.read();
        Precision precision = settings(LARGE).get(Options.PRECISION);
        Backends.limitProcess(0);
        BackendType backend = Backends.named(settings(LARGE).get(Options.BACKEND));
        double rate = backend.productRate().gigaflops(precision, 0, time);
        print(
                "large matrix products in %s by %s on the %s: %.0f GFLOP/s%n%n",
                precision.name().toLowerCase(Locale.ROOT), backend.name(), backend.device(), rate);
        List<Training> training = train(text, time, rate);
        List<Writing> writing = write(time);
        List<Service> service =
                engineOnly ? List.of() : serve(text, time, training.get(0).result());
        if (json != null) {
            Results results = new Results(precision, rate, training, writing, service);
            WholeFile.write(
                    json,
                    out -> new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(out, results));
        }
        return 0;
    }

    private List<Training> train(byte[] text, Duration time, double rate) {
        print(
                "%-16s %10s %17s %12s %9s %12s%n",
                "training step", "median ms", "10 to 90 % ms", "characters/s", "GFLOP/s", "of products");
        List<Training> rows = new ArrayList<>();
        for (Work work : WORKS) {
            EngineBench.Result result = EngineBench.run(settings(work), text, time);
            Training row = new Training(work, result, result.gigaflops() / rate);
            print(
                    "%-16s %10.2f %8.2f–%-8.2f %12.0f %9.0f %10.0f %%%n",
                    work,
                    result.medianMillis(),
                    result.tenthMillis(),
                    result.ninetiethMillis(),
                    result.symbolsPerSecond(),
                    result.gigaflops(),
                    100 * row.shareOfMatrixRate());
            rows.add(row);
        }
        return rows;
    }

    private List<Writing> write(Duration time) {
        print("%n%-16s %10s %17s %12s%n", "writing", "prompts", "µs a character", "characters/s");
        List<Writing> rows = new ArrayList<>();
        for (int prompts : PROMPTS) {
            WritingBench.Result result = WritingBench.run(settings(LARGE), prompts, time);
            print(
                    "%-16s %10d %17.1f %12.0f%n",
                    LARGE.layers() + "×" + LARGE.hidden(),
                    prompts,
                    result.medianMicros() / prompts,
                    result.symbolsPerSecond());
            rows.add(new Writing(LARGE, result));
        }
        return rows;
    }

    private List<Service> serve(byte[] text, Duration time, EngineBench.Result engine) throws IOException {
        ServiceBench.Result result = ServiceBench.run(kafka -> settings(LARGE, kafka), text, time);
        Service service = new Service(LARGE, result, result.symbolsPerSecond() / engine.symbolsPerSecond());
        print(
                "%nservice, %s: %.0f characters/s, %.0f %% of the engine (%d lanes, %.0f ms a step)%n",
                LARGE, result.symbolsPerSecond(), 100 * service.shareOfEngine(), result.lanes(), result.stepMillis());
        print(
                "with a checkpoint every 10 s it learns at %.0f %% of the speed without checkpoints; a checkpoint takes at most"
                        + " %.1f s and pauses learning for at most %d ms%n",
                100 * result.symbolsPerSecond() / result.symbolsPerSecondWithout(),
                result.checkpointSeconds(),
                result.standstillMillis());
        print(
                "with more prompts than it answers at a time, a checkpoint barrier takes %d ms through the writer, at most %d ms; a"
                        + " stop with a savepoint takes %.1f s%n",
                result.barrierMedianMillis(), result.barrierMostMillis(), result.stopSeconds());
        return List.of(service);
    }

    private void print(String format, Object... values) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, format, values);
        out.flush();
    }

    /** A benchmark of the same work everywhere: the user chooses what computes it, and nothing else. */
    private Settings settings(Work work, Map<String, String> more) {
        Map<String, String> options = new HashMap<>(work.options());
        options.putAll(more);
        return config.fixedJob(options, TAKEN_OVER);
    }

    private Settings settings(Work work) {
        return settings(work, Map.of());
    }
}
