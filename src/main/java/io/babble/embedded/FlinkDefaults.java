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
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.configuration.YamlParserUtils;

/** Default Flink configuration. */
public final class FlinkDefaults {
    private static final String RESOURCE = "flink.yaml";

    private FlinkDefaults() {}

    /** The options that Babble needs on any cluster: {@code flink.yaml}. */
    public static Configuration everywhere() {
        Configuration configuration = new Configuration();
        try (InputStream yaml = FlinkDefaults.class.getResourceAsStream(RESOURCE)) {
            String lines = new String(yaml.readAllBytes(), StandardCharsets.UTF_8);
            Map<?, ?> options = YamlParserUtils.convertToObject(lines, Map.class);
            options.forEach((key, value) -> configuration.setString(key.toString(), value.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return configuration;
    }

    /** The options of the embedded cluster: loopback addresses, and all files in its folder. */
    static Configuration embedded(Checkpoints checkpoints, Path temporaryFiles, int restPort, int prometheusPort) {
        Configuration configuration = everywhere();
        // An embedded cluster uses the memory of this process; Flink's memory model does not apply.
        configuration.removeConfig(TaskManagerOptions.TASK_OFF_HEAP_MEMORY);
        configuration
                .set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem")
                .set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, FlinkPaths.of(checkpoints.checkpoints()))
                .set(CheckpointingOptions.SAVEPOINT_DIRECTORY, FlinkPaths.of(checkpoints.savepoints()))
                .set(RestOptions.ADDRESS, "127.0.0.1")
                .set(RestOptions.BIND_ADDRESS, "127.0.0.1")
                .set(RestOptions.BIND_PORT, Integer.toString(restPort))
                .set(RestOptions.PORT, restPort)
                .set(JobManagerOptions.BIND_HOST, "127.0.0.1")
                .set(TaskManagerOptions.BIND_HOST, "127.0.0.1")
                .set(WebOptions.SUBMIT_ENABLE, false)
                .set(WebOptions.CANCEL_ENABLE, false) // it is a GET request, which any web page can make
                .set(WebOptions.ACCESS_CONTROL_ALLOW_ORIGIN, "http://127.0.0.1")
                .set(WebOptions.TMP_DIR, temporaryFiles.toString())
                .set(CoreOptions.TMP_DIRS, temporaryFiles.toString())
                .set(CoreOptions.CHECK_LEAKED_CLASSLOADER, false);
        MetricOptions.forReporter(configuration, "prometheus")
                .set(MetricOptions.REPORTER_FACTORY_CLASS, LoopbackPrometheusReporterFactory.class.getName())
                .setString("port", Integer.toString(prometheusPort));
        return configuration;
    }
}
