package io.babble.cli.bench;

import io.babble.job.options.EngineFactory;
import io.babble.job.options.Settings;
import io.babble.model.writing.Decoder;
import io.babble.model.writing.Request;
import io.babble.model.writing.Sampling;
import io.babble.model.writing.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Measures the bare engine's writing speed: a batch of texts, symbol by symbol, including sampling. */
public final class WritingBench {
    private static final long WARM_UP_NANOS = Duration.ofSeconds(1).toNanos();
    /** Longer than any text gets during the benchmark. */
    private static final int LENGTH = Integer.MAX_VALUE;

    private WritingBench() {}

    /** Median microseconds for one symbol of every text, and symbols per second of all texts together. */
    public record Result(int prompts, double medianMicros, double symbolsPerSecond) {}

    public static Result run(Settings settings, int prompts, Duration time) {
        List<Text> texts = new ArrayList<>();
        for (int prompt = 0; prompt < prompts; prompt++) {
            texts.add(text(prompt));
        }
        EngineFactory engine = new EngineFactory(settings);
        try (Decoder decoder = engine.newDecoder(engine.newWriterBackend(), engine.newModel())) {
            Times times = new Times();
            long begin = System.nanoTime();
            long end = begin + WARM_UP_NANOS + time.toNanos();
            for (long now = begin; now < end; now = System.nanoTime()) {
                texts.replaceAll(text -> text.isDone() ? text(text.offset()) : text);
                decoder.advance(texts);
                if (now - begin > WARM_UP_NANOS) {
                    times.add(System.nanoTime() - now);
                }
            }
            double micros = times.quantile(0.5) / 1e3;
            return new Result(prompts, micros, prompts / micros * 1e6);
        }
    }

    static Text text(long seed) {
        return new Text(new Request("", LENGTH, new Sampling(0.8, 0, 1), seed, ""));
    }
}
