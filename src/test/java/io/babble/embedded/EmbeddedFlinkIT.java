package io.babble.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.Collector;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedFlinkIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void resumesFromASavepointAndFromACheckpoint() throws Exception {
        Path savepoint;
        try (EmbeddedFlink flink = start()) {
            assertThat(flink.newestCheckpoint()).isEmpty();
            JobID job = flink.submit(counting(flink));
            flink.awaitRunning(job, TIMEOUT);
            assertThat(read(flink.webUi())).contains("<html");
            assertThat(read(URI.create("http://127.0.0.1:" + flink.prometheusPort() + "/metrics")))
                    .contains("flink_taskmanager_job_task_operator_numRecordsIn")
                    .containsPattern("flink_jobmanager_job_numRestarts\\{.*} 0.0");

            flink.checkpoint(job, TIMEOUT);
            assertThat(flink.checkpointStatistics(job).getCounts().getNumberOfCompletedCheckpoints())
                    .isPositive();
            assertThat(flink.newestCheckpoint()).hasValueSatisfying(newest -> assertThat(newest)
                    .hasToString(folder + "/flink/checkpoints/" + job + "/" + newest.getFileName()));

            savepoint = flink.stopWithSavepoint(job, TIMEOUT);
            assertThat(flink.status(job)).isEqualTo(JobStatus.FINISHED);
        }

        try (EmbeddedFlink flink = start()) {
            assertThat(flink.newestCheckpoint()).contains(savepoint);
            JobID job = flink.submit(counting(flink), flink.newestCheckpoint().orElseThrow(), RecoveryClaimMode.CLAIM);
            flink.awaitRunning(job, TIMEOUT);
            assertThat(flink.checkpointStatistics(job).getCounts().getNumberOfRestoredCheckpoints())
                    .isEqualTo(1);
            flink.checkpoint(job, TIMEOUT);
            Awaitility.await().atMost(TIMEOUT).until(() -> Files.notExists(savepoint));
        }

        try (EmbeddedFlink flink = start()) {
            assertThat(flink.newestCheckpoint())
                    .as("the checkpoint is retained when the cluster closes")
                    .isPresent();
            JobID job = flink.submit(counting(flink), flink.newestCheckpoint().orElseThrow(), RecoveryClaimMode.CLAIM);
            flink.awaitRunning(job, TIMEOUT);
            flink.cancel(job);
            assertThat(flink.status(job)).isEqualTo(JobStatus.CANCELED);
        }
        assertThat(snapshots()).as("claimed snapshots are deleted").hasSize(1);
    }

    @Test
    void reportsWhyAJobDidNotStart() {
        try (EmbeddedFlink flink = start()) {
            StreamGraph job = counting(flink);
            assertThatIllegalStateException()
                    .isThrownBy(() -> flink.awaitRunning(
                            flink.submit(job, folder.resolve("nothing"), RecoveryClaimMode.CLAIM), TIMEOUT))
                    .withMessageContaining("nothing");
        }
    }

    @Test
    void deletesIncompleteAndOutdatedSnapshotsOfAKilledProcess() throws IOException {
        Checkpoints checkpoints = new Checkpoints(folder);
        Path old = complete("checkpoints/a/chk-1", 1);
        Path newest = complete("checkpoints/b/chk-7", 3);
        Path before = complete("checkpoints/b/chk-6", 2);
        Path shared = Files.createDirectories(folder.resolve("checkpoints/b/shared"));
        Path unfinished = Files.createDirectories(folder.resolve("checkpoints/b/chk-8"));
        Path unfinishedSavepoint = Files.createDirectories(folder.resolve("savepoints/savepoint-x"));

        checkpoints.deleteAllButNewest();

        assertThat(checkpoints.newest()).contains(newest);
        assertThat(List.of(newest, shared)).allMatch(Files::exists);
        assertThat(List.of(old.getParent(), before, unfinished, unfinishedSavepoint))
                .noneMatch(Files::exists);
    }

    private Path complete(String snapshot, long writtenAt) throws IOException {
        Path path = Files.createDirectories(folder.resolve(snapshot));
        Path metadata = Files.createFile(path.resolve("_metadata"));
        Files.setLastModifiedTime(metadata, FileTime.fromMillis(writtenAt));
        return path;
    }

    private List<Path> snapshots() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.endsWith("_metadata")).toList();
        }
    }

    private EmbeddedFlink start() {
        return EmbeddedFlink.start(new EmbeddedFlink.Place(folder.resolve("flink"), 2, 0, 0), new Configuration());
    }

    private static StreamGraph counting(EmbeddedFlink flink) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink.configuration());
        env.setParallelism(2);
        DataGeneratorSource<Long> numbers =
                new DataGeneratorSource<>(i -> i, Long.MAX_VALUE, RateLimiterStrategy.perSecond(1_000), Types.LONG);
        env.fromSource(numbers, WatermarkStrategy.noWatermarks(), "numbers")
                .uid("numbers")
                .keyBy(i -> i % 10)
                .process(new Count())
                .uid("count")
                .sinkTo(new DiscardingSink<>())
                .uid("nowhere");
        return env.getStreamGraph();
    }

    private static String read(URI address) throws IOException {
        try (InputStream in = address.toURL().openStream()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static final class Count extends KeyedProcessFunction<Long, Long, Long> {
        @Override
        public void processElement(Long value, Context context, Collector<Long> out) throws Exception {
            ValueState<Long> count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
            long next = count.value() == null ? 1 : count.value() + 1;
            count.update(next);
            out.collect(next);
        }
    }
}
