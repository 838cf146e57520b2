package io.babble.job.operator;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.cumulative.CumulativeDistributionSummary;
import io.micrometer.core.instrument.cumulative.CumulativeFunctionCounter;
import io.micrometer.core.instrument.cumulative.CumulativeFunctionTimer;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.internal.DefaultGauge;
import io.micrometer.core.instrument.internal.DefaultMeter;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.apache.flink.metrics.MetricGroup;

/**
 * Registers Micrometer's meters as gauges of an operator's metric group, from where Flink's reporters export them.
 *
 * <p>A timer {@code babble.learner.step} becomes {@code babble_learner_step_count},
 * {@code babble_learner_step_seconds_sum} and {@code …_seconds_max}, a counter gets {@code _total} at its end.
 */
public final class FlinkMeterRegistry extends MeterRegistry {
    private final MetricGroup metrics;

    public FlinkMeterRegistry(MetricGroup metrics) {
        super(Clock.SYSTEM);
        this.metrics = metrics;
        config().onMeterRemoved(meter -> {
            throw new UnsupportedOperationException("Flink's metric groups are closed whole, with their operator.");
        });
    }

    @Override
    protected Counter newCounter(Meter.Id id) {
        Counter counter = new CumulativeCounter(id);
        register(id, "_total", counter::count);
        return counter;
    }

    @Override
    protected <T> Gauge newGauge(Meter.Id id, T object, ToDoubleFunction<T> value) {
        Gauge gauge = new DefaultGauge<>(id, object, value);
        register(id, "", gauge::value);
        return gauge;
    }

    @Override
    protected Timer newTimer(Meter.Id id, DistributionStatisticConfig statistics, PauseDetector pauses) {
        Timer timer = new CumulativeTimer(id, clock, statistics, pauses, getBaseTimeUnit(), false);
        register(id, "_count", timer::count);
        register(id, "_seconds_sum", () -> timer.totalTime(TimeUnit.SECONDS));
        register(id, "_seconds_max", () -> timer.max(TimeUnit.SECONDS));
        return timer;
    }

    @Override
    protected DistributionSummary newDistributionSummary(
            Meter.Id id, DistributionStatisticConfig statistics, double scale) {
        DistributionSummary summary = new CumulativeDistributionSummary(id, clock, statistics, scale, false);
        register(id, "_count", summary::count);
        register(id, "_sum", summary::totalAmount);
        register(id, "_max", summary::max);
        return summary;
    }

    @Override
    protected <T> FunctionCounter newFunctionCounter(Meter.Id id, T object, ToDoubleFunction<T> count) {
        FunctionCounter counter = new CumulativeFunctionCounter<>(id, object, count);
        register(id, "_total", counter::count);
        return counter;
    }

    @Override
    protected <T> FunctionTimer newFunctionTimer(
            Meter.Id id, T object, ToLongFunction<T> count, ToDoubleFunction<T> total, TimeUnit unit) {
        FunctionTimer timer = new CumulativeFunctionTimer<>(id, object, count, total, unit, getBaseTimeUnit());
        register(id, "_count", timer::count);
        register(id, "_seconds_sum", () -> timer.totalTime(TimeUnit.SECONDS));
        return timer;
    }

    @Override
    protected Meter newMeter(Meter.Id id, Meter.Type type, Iterable<Measurement> measurements) {
        for (Measurement measurement : measurements) {
            register(id, "_" + measurement.getStatistic().getTagValueRepresentation(), measurement::getValue);
        }
        return new DefaultMeter(id, type, measurements);
    }

    @Override
    protected TimeUnit getBaseTimeUnit() {
        return TimeUnit.SECONDS;
    }

    @Override
    protected DistributionStatisticConfig defaultHistogramConfig() {
        return DistributionStatisticConfig.DEFAULT;
    }

    private void register(Meter.Id id, String suffix, Supplier<Number> value) {
        MetricGroup group = metrics;
        for (var tag : id.getTags()) {
            group = group.addGroup(tag.getKey(), tag.getValue());
        }
        group.gauge(id.getName().replace('.', '_') + suffix, value::get);
    }
}
