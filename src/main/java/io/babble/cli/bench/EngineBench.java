package io.babble.cli.bench;

import io.babble.job.options.EngineFactory;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.model.Learner;
import io.babble.model.Shape;
import io.babble.text.Window;
import java.time.Duration;

/** Times training steps of the bare engine. */
public final class EngineBench {
    private static final long WARM_UP_NANOS = Duration.ofSeconds(3).toNanos();
    private static final int LEAST_STEPS = 10;
    /** Forward, and backward to the inputs and to the weights: three products of the same size, 2 operations each. */
    private static final double OPERATIONS_PER_WEIGHT = 6;

    private EngineBench() {}

    /** Times of a training step; {@code gigaflops} counts the matrix products alone. */
    public record Result(
            double medianMillis,
            double tenthMillis,
            double ninetiethMillis,
            double symbolsPerSecond,
            double gigaflops) {}

    public static Result run(Settings settings, byte[] text, Duration time) {
        EngineFactory engine = new EngineFactory(settings);
        try (Learner learner = engine.newLearner(engine.newBackend(), engine.newModel())) {
            int lanes = settings.get(Options.WINDOW_LANES);
            int steps = settings.get(Options.WINDOW_STEPS);
            Lanes windows = new Lanes(text, lanes, steps);
            float[][] states = new float[lanes][settings.shape().stateLength()];
            Times times = new Times();
            long begin = System.nanoTime();
            long end = begin + WARM_UP_NANOS + time.toNanos();
            while (times.count() < LEAST_STEPS || System.nanoTime() < end) {
                long stepBegin = System.nanoTime();
                learner.learn(windows.next(), states);
                long now = System.nanoTime();
                if (now - begin > WARM_UP_NANOS) {
                    times.add(now - stepBegin);
                }
            }
            return result(times, lanes * steps, settings.shape());
        }
    }

    private static Result result(Times times, int symbols, Shape shape) {
        double median = times.quantile(0.5);
        double operations = OPERATIONS_PER_WEIGHT * symbols * productWeights(shape);
        return new Result(
                median / 1e6,
                times.quantile(0.1) / 1e6,
                times.quantile(0.9) / 1e6,
                symbols / median * 1e9,
                operations / median);
    }

    private static long productWeights(Shape shape) {
        return shape.tensors().stream()
                .filter(tensor -> tensor.role().isFactor())
                .mapToLong(Shape.Tensor::length)
                .sum();
    }

    /** Cuts a text into lanes and returns their windows in order, starting again at the end. */
    static final class Lanes {
        private final byte[] text;
        private final int lanes;
        private final int steps;
        private int position;

        Lanes(byte[] text, int lanes, int steps) {
            this.text = text;
            this.lanes = lanes;
            this.steps = steps;
        }

        Window next() {
            int length = text.length / lanes;
            if (position + steps + 1 > length) {
                position = 0;
            }
            int[] inputs = new int[lanes * steps];
            int[] targets = new int[lanes * steps];
            for (int lane = 0; lane < lanes; lane++) {
                for (int step = 0; step < steps; step++) {
                    int at = lane * length + position + step;
                    inputs[step * lanes + lane] = text[at] & 0xFF;
                    targets[step * lanes + lane] = text[at + 1] & 0xFF;
                }
            }
            position += steps;
            return new Window(lanes, steps, inputs, targets);
        }
    }
}
