package io.babble.embedded;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.metrics.prometheus.PrometheusReporterFactory;

/** How the embedded cluster is set up where nobody says otherwise. */
final class FlinkDefaults {
    private FlinkDefaults() {}

    static Configuration jobs(Checkpoints checkpoints) {
        return new Configuration()
                .set(PipelineOptions.GENERIC_TYPES, false)
                .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10))
                .set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem")
                .set(
                        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                        checkpoints.checkpoints().toUri().toString())
                .set(
                        CheckpointingOptions.SAVEPOINT_DIRECTORY,
                        checkpoints.savepoints().toUri().toString())
                .set(
                        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    }

    /** Small buffers and debloating: little text waits ahead of a checkpoint's barrier. */
    static Configuration cluster(Path scratch, int rest, int prometheus) {
        Configuration configuration = new Configuration()
                .set(RestOptions.ADDRESS, "127.0.0.1")
                .set(RestOptions.BIND_ADDRESS, "127.0.0.1")
                .set(RestOptions.BIND_PORT, Integer.toString(rest))
                .set(RestOptions.PORT, rest)
                .set(WebOptions.SUBMIT_ENABLE, false)
                .set(WebOptions.TMP_DIR, scratch.toString())
                .set(CoreOptions.TMP_DIRS, scratch.toString())
                .set(CoreOptions.CHECK_LEAKED_CLASSLOADER, false)
                .set(
                        TaskManagerOptions.MEMORY_SEGMENT_SIZE,
                        MemorySize.ofMebiBytes(1).divide(256))
                .set(TaskManagerOptions.MIN_MEMORY_SEGMENT_SIZE, new MemorySize(64))
                .set(TaskManagerOptions.BUFFER_DEBLOAT_ENABLED, true)
                .set(TaskManagerOptions.BUFFER_DEBLOAT_TARGET, Duration.ofMillis(500));
        MetricOptions.forReporter(configuration, "prometheus")
                .set(MetricOptions.REPORTER_FACTORY_CLASS, PrometheusReporterFactory.class.getName())
                .setString("port", Integer.toString(prometheus));
        return configuration;
    }
}
