package io.babble.job.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.metrics.DeadLetterMeters;
import io.babble.metrics.LearnerMeters;
import io.babble.metrics.SourceMeters;
import io.babble.metrics.WriterMeters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class FlinkMeterRegistryTest {
    private final Map<String, Object> published = new TreeMap<>();
    private final FlinkMeterRegistry registry = new FlinkMeterRegistry(new Group(""));

    @Test
    void aCounterIsAGaugeOfItsTotal() {
        Counter counter = registry.counter("babble.learner.symbols");
        counter.increment(3);
        counter.increment(4);

        assertThat(published).containsOnlyKeys("babble_learner_symbols_total");
        assertThat(value("babble_learner_symbols_total")).isEqualTo(7);
    }

    @Test
    void aTimerIsItsCountAndSeconds() {
        Timer timer = registry.timer("babble.learner.step");
        timer.record(1_500, TimeUnit.MILLISECONDS);
        timer.record(500, TimeUnit.MILLISECONDS);

        assertThat(published)
                .containsOnlyKeys(
                        "babble_learner_step_count",
                        "babble_learner_step_seconds_sum",
                        "babble_learner_step_seconds_max");
        assertThat(value("babble_learner_step_count")).isEqualTo(2);
        assertThat(value("babble_learner_step_seconds_sum")).isEqualTo(2);
        assertThat(value("babble_learner_step_seconds_max")).isEqualTo(1.5);
    }

    @Test
    void aGaugeFollowsItsValue() {
        AtomicLong version = new AtomicLong(1);
        Gauge.builder("babble.learner.version", version, AtomicLong::get).register(registry);
        version.set(5);

        assertThat(published).containsOnlyKeys("babble_learner_version");
        assertThat(value("babble_learner_version")).isEqualTo(5);
    }

    @Test
    void aMeterThatIsAskedForAgainIsTheSame() {
        registry.counter("babble.dead.letters").increment();
        registry.counter("babble.dead.letters").increment();

        assertThat(value("babble_dead_letters_total")).isEqualTo(2);
    }

    @Test
    void tagsAreGroups() {
        registry.counter("babble.dead.letters", "topic", "a").increment();
        registry.counter("babble.dead.letters", "topic", "b").increment(2);

        assertThat(value("topic=a/babble_dead_letters_total")).isEqualTo(1);
        assertThat(value("topic=b/babble_dead_letters_total")).isEqualTo(2);
    }

    @Test
    void everythingThatIsMeasuredHasItsOwnName() {
        assertThat(new Object[] {
                    new LearnerMeters(registry, () -> 0),
                    new WriterMeters(registry),
                    new DeadLetterMeters(registry),
                    new SourceMeters(registry)
                })
                .doesNotContainNull();

        assertThat(published)
                .containsOnlyKeys(
                        "babble_dead_letters_total",
                        "babble_learner_accepted_total",
                        "babble_learner_clipped_total",
                        "babble_learner_dead_total",
                        "babble_learner_drifts",
                        "babble_learner_lag",
                        "babble_learner_lanes",
                        "babble_learner_learning_rate",
                        "babble_learner_loss",
                        "babble_learner_pending",
                        "babble_learner_process_memory",
                        "babble_learner_rollbacks",
                        "babble_learner_skipped_total",
                        "babble_learner_split_total",
                        "babble_learner_step_count",
                        "babble_learner_step_seconds_max",
                        "babble_learner_step_seconds_sum",
                        "babble_learner_streams",
                        "babble_learner_symbols_total",
                        "babble_learner_unknown_total",
                        "babble_learner_version",
                        "babble_source_lost_total",
                        "babble_source_replaced_total",
                        "babble_writer_active",
                        "babble_writer_characters_total",
                        "babble_writer_refused_total",
                        "babble_writer_symbol_count",
                        "babble_writer_symbol_seconds_max",
                        "babble_writer_symbol_seconds_sum",
                        "babble_writer_texts_total",
                        "babble_writer_version",
                        "babble_writer_waiting");
    }

    @Test
    void aMeterCannotBeTakenAway() {
        Counter counter = registry.counter("babble.dead.letters");

        assertThatThrownBy(() -> registry.remove(counter)).isInstanceOf(UnsupportedOperationException.class);
    }

    private double value(String name) {
        org.apache.flink.metrics.Gauge<?> gauge = (org.apache.flink.metrics.Gauge<?>) published.get(name);
        return ((Number) gauge.getValue()).doubleValue();
    }

    /** A metric group that refuses to have a name twice. */
    private final class Group extends UnregisteredMetricsGroup {
        private final String path;

        Group(String path) {
            this.path = path;
        }

        @Override
        public <T, G extends org.apache.flink.metrics.Gauge<T>> G gauge(String name, G gauge) {
            assertThat(published.put(path + name, gauge)).as(name).isNull();
            return gauge;
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return new Group(path + key + "=" + value + "/");
        }
    }
}
