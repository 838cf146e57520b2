package io.babble.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.embedded.EmbeddedFlink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointRecorderIT {
    private static final int MORE_THAN_FLINK_REMEMBERS = 12;

    @TempDir
    Path folder;

    @Test
    void keepsTheStatisticsOfAllCheckpoints() {
        Configuration noCheckpoints =
                new Configuration().set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofDays(1));
        try (EmbeddedFlink flink = EmbeddedFlink.start(new EmbeddedFlink.Place(folder, 1, 0, 0), noCheckpoints)) {
            JobID job = submitJob(flink);
            CheckpointRecorder recorder = new CheckpointRecorder(flink, job);
            for (int i = 0; i < MORE_THAN_FLINK_REMEMBERS; i++) {
                recorder.takeCheckpoint();
            }

            assertThat(recorder.statistics())
                    .extracting(AbstractCheckpointStats::getCheckpointId)
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, MORE_THAN_FLINK_REMEMBERS)
                            .boxed()
                            .toList());
            assertThat(flink.checkpointStatistics(job).getHistory().getCheckpoints())
                    .as("the history of Flink")
                    .hasSizeLessThan(MORE_THAN_FLINK_REMEMBERS);
        }
    }

    private static JobID submitJob(EmbeddedFlink flink) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink.configuration());
        env.setParallelism(1);
        DataGeneratorSource<Long> numbers =
                new DataGeneratorSource<>(i -> i, Long.MAX_VALUE, RateLimiterStrategy.perSecond(100), Types.LONG);
        env.fromSource(numbers, WatermarkStrategy.noWatermarks(), "numbers").sinkTo(new DiscardingSink<>());
        JobID job = flink.submit(env.getStreamGraph());
        flink.awaitRunning(job, Duration.ofMinutes(1));
        return job;
    }
}
