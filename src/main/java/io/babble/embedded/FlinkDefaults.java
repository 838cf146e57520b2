package io.babble.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.configuration.YamlParserUtils;
import org.apache.flink.metrics.prometheus.PrometheusReporterFactory;

/** How Flink is set up where nobody says otherwise. */
public final class FlinkDefaults {
    private static final String EVERYWHERE = "flink.yaml";

    private FlinkDefaults() {}

    /** What Babble asks of any Flink: the lines of {@code flink.yaml}. */
    public static Configuration everywhere() {
        Configuration configuration = new Configuration();
        try (InputStream yaml = FlinkDefaults.class.getResourceAsStream(EVERYWHERE)) {
            String lines = new String(yaml.readAllBytes(), StandardCharsets.UTF_8);
            Map<?, ?> options = YamlParserUtils.convertToObject(lines, Map.class);
            options.forEach((key, value) -> configuration.setString(key.toString(), value.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return configuration;
    }

    /** The embedded cluster: everything on loopback and in its folder. */
    static Configuration embedded(Checkpoints checkpoints, Path scratch, int rest, int prometheus) {
        Configuration configuration = everywhere();
        // The memory of a cluster inside this process is this process's.
        configuration.removeConfig(TaskManagerOptions.TASK_OFF_HEAP_MEMORY);
        configuration
                .set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem")
                .set(
                        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                        checkpoints.checkpoints().toUri().toString())
                .set(
                        CheckpointingOptions.SAVEPOINT_DIRECTORY,
                        checkpoints.savepoints().toUri().toString())
                .set(RestOptions.ADDRESS, "127.0.0.1")
                .set(RestOptions.BIND_ADDRESS, "127.0.0.1")
                .set(RestOptions.BIND_PORT, Integer.toString(rest))
                .set(RestOptions.PORT, rest)
                .set(WebOptions.SUBMIT_ENABLE, false)
                .set(WebOptions.TMP_DIR, scratch.toString())
                .set(CoreOptions.TMP_DIRS, scratch.toString())
                .set(CoreOptions.CHECK_LEAKED_CLASSLOADER, false);
        MetricOptions.forReporter(configuration, "prometheus")
                .set(MetricOptions.REPORTER_FACTORY_CLASS, PrometheusReporterFactory.class.getName())
                .setString("port", Integer.toString(prometheus));
        return configuration;
    }
}
