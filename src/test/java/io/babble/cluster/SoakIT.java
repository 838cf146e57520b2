package io.babble.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.JavaProcess;
import io.babble.metrics.LearnerMeters;
import io.babble.records.Report;
import io.babble.records.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Full speed for a long time, {@code mvn verify -Psoak -Dminutes=60}: more text than can be learned, a prompt every
 * second and a checkpoint every 10 s. The first third warms up; after it nothing may grow.
 */
@EnabledIfSystemProperty(named = "soak.minutes", matches = "\\d+", disabledReason = "runs with -Psoak")
class SoakIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int TEXT_PER_SECOND = 30_000;
    private static final int SECONDS_BETWEEN_LOOKS = 15;
    private static final double MOST_GROWTH_PER_HOUR = 0.01;

    private final Map<String, Trend> trends = new TreeMap<>();

    @Test
    void nothingGrows() throws Exception {
        Duration all = Duration.ofMinutes(Long.getLong("soak.minutes"));
        assertThat(all).as("less says nothing about an hour").isGreaterThanOrEqualTo(Duration.ofMinutes(30));
        Configuration tenSeconds = new Configuration();
        tenSeconds.setString("execution.checkpointing.interval", "10 s");
        // The heap is resident from the start: what grows then is something else.
        tenSeconds.set(CoreOptions.FLINK_TM_JVM_OPTIONS, "-XX:+AlwaysPreTouch");
        try (Cluster cluster = new Cluster("soak", JavaProcess.classPath(), 1, tenSeconds)) {
            String kafka = cluster.kafka().bootstrapServers();
            Jobs jobs = cluster.jobs();
            Topics topics = cluster.createTopics("soak", 1);
            try (Reader reader = new Reader(kafka, topics);
                    Publisher publisher = new Publisher(kafka, topics, new Random(1), TEXT_PER_SECOND, 3_000, 1);
                    Vitals vitals = new Vitals(
                            cluster.flink().taskManagers().get(0).process().pid())) {
                JobID job = cluster.submit(topics, Map.of(), new Configuration());
                Awaitility.await("a checkpoint").atMost(PATIENCE).until(() -> jobs.newestCheckpoint(job)
                        .isPresent());
                Awaitility.await("the learner's metrics").atMost(PATIENCE).until(() -> jobs.learnerMetric(
                                job, LearnerMeters.PROCESS_MEMORY)
                        .isPresent());
                during(all.dividedBy(3), () -> look(vitals, jobs, job));
                trends.clear();
                Map<String, Long> threads = vitals.threads();
                during(all.multipliedBy(2).dividedBy(3), () -> look(vitals, jobs, job));
                print(reader);
                System.out.printf("threads then %s%nthreads now  %s%n", threads, vitals.threads());
                publisher.stop();
            }
        }
        assertThat(trends).allSatisfy((name, trend) -> assertThat(trend.growthPerHour())
                .as("growth of %s per hour", name)
                .isLessThan(MOST_GROWTH_PER_HOUR));
    }

    /** Does it again and again until the time is over. */
    private static void during(Duration time, Callable<Void> look) throws Exception {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try {
            clock.scheduleAtFixedRate(() -> call(look), 0, SECONDS_BETWEEN_LOOKS, TimeUnit.SECONDS)
                    .get(time.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            // The time is over, and no look has failed.
        } finally {
            clock.shutdown();
            assertThat(clock.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static void call(Callable<Void> look) {
        try {
            look.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Void look(Vitals vitals, Jobs jobs, JobID job) throws IOException {
        long now = System.currentTimeMillis();
        vitals.take().forEach((name, value) -> add(name, now, value));
        jobs.learnerMetric(job, LearnerMeters.PROCESS_MEMORY).ifPresent(bytes -> add("process", now, bytes));
        jobs.newestCheckpoint(job).ifPresent(checkpoint -> add("checkpoint", now, (double) checkpoint.getStateSize()));
        return null;
    }

    private void add(String name, long now, double value) {
        trends.computeIfAbsent(name, any -> new Trend()).add(now, value);
    }

    private void print(Reader reader) {
        Report last = reader.lastReport().orElseThrow();
        System.out.printf("%,d symbols learned in %,d steps%n", last.symbols(), last.step());
        trends.forEach((name, trend) -> System.out.printf(
                "%-12s %,16.0f %+8.2f %% an hour%n", name, trend.mean(), 100 * trend.growthPerHour()));
    }
}
