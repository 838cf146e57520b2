package io.babble.cli;

import io.babble.job.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The job's options, and Flink's, from a file and the command line. */
final class JobOptions {
    static final String BOOTSTRAP_SERVERS = Options.KAFKA_PREFIX + "bootstrap.servers";

    private static final Path DEFAULT_FILE = Path.of("babble.yaml");
    private static final Pattern FLINKS = Pattern.compile(
            "(blob|cluster|env|execution|fs|heartbeat|io|jobmanager|jobmaster|metrics|parallelism|pekko|pipeline|rest|"
                    + "restart-strategy|security|slot|state|task|taskmanager|web)\\..+");

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Options in YAML; -D is stronger (babble.yaml where there is one).")
    private Path file;

    @Mixin
    private Settings settings;

    /**
     * The job's options.
     *
     * @param weaker the command's own defaults
     * @param stronger what the command itself says
     * @throws CommandFailed when anything is unknown or impossible, all of it in one message
     */
    io.babble.job.Settings job(Map<String, String> weaker, Map<String, String> stronger) {
        Map<String, String> all = new TreeMap<>(weaker);
        all.putAll(all());
        all.putAll(stronger);
        try {
            for (String key : all.keySet()) {
                if (!key.startsWith(Options.PREFIX) && !FLINKS.matcher(key).matches()) {
                    throw new IllegalArgumentException(key + " is neither an option of Babble nor one of Flink");
                }
            }
            return io.babble.job.Settings.of(all);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.wrongCall(e.getMessage());
        }
    }

    /** Those of Flink. */
    Configuration flink() {
        Map<String, String> flinks = all();
        flinks.keySet().removeIf(key -> key.startsWith(Options.PREFIX));
        return Configuration.fromMap(flinks);
    }

    private Map<String, String> all() {
        Map<String, String> all = new TreeMap<>();
        if (file != null) {
            all.putAll(ConfigFile.read(file));
        } else if (Files.exists(DEFAULT_FILE)) {
            all.putAll(ConfigFile.read(DEFAULT_FILE));
        }
        all.putAll(settings.all());
        return all;
    }
}
