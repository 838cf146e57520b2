package io.babble.cli;

import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Option;

/**
 * Options of Babble and Flink from a file, from Java's system properties and from the command line. Later sources override earlier
 * ones.
 */
final class ConfigOptions {
    private static final Path DEFAULT_FILE = Path.of("babble.yaml");
    private static final String LOG = Options.PREFIX + "log.";
    private static final Pattern FLINK = Pattern.compile(
            "(blob|cluster|env|execution|fs|heartbeat|io|jobmanager|jobmaster|metrics|parallelism|pekko|pipeline|rest|"
                    + "restart-strategy|security|slot|state|task|taskmanager|web)\\..+");

    private final Map<String, String> commandLine = new LinkedHashMap<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML file of options; -D overrides them (default: babble.yaml, if it exists).")
    private Path file;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "Sets an option; babble.kafka.* is for Kafka's clients, babble.log.* for the log.")
    void set(Map<String, String> options) {
        options.forEach((key, value) -> {
            if (key.startsWith(LOG)) {
                // Log4j reads it when the first logger is created, which is later.
                System.setProperty(key, value);
            } else {
                commandLine.put(key, value);
            }
        });
    }

    /** All options that are set, by their full keys. */
    Map<String, String> all() {
        Map<String, String> all = new TreeMap<>();
        if (file != null) {
            all.putAll(ConfigFile.read(file));
        } else if (Files.exists(DEFAULT_FILE)) {
            all.putAll(ConfigFile.read(DEFAULT_FILE));
        }
        for (String key : System.getProperties().stringPropertyNames()) {
            if (key.startsWith(Options.PREFIX) && !key.startsWith(LOG)) {
                all.put(key, System.getProperty(key));
            }
        }
        all.putAll(commandLine);
        return all;
    }

    /**
     * The settings of a job.
     *
     * @param defaults of the command, weaker than the user's options
     * @param overrides of the command, stronger than the user's options
     * @throws CommandFailed when options are unknown or invalid; the message lists all of them
     */
    Settings job(Map<String, String> defaults, Map<String, String> overrides) {
        Map<String, String> all = new TreeMap<>(defaults);
        all.putAll(all());
        all.putAll(overrides);
        try {
            for (String key : all.keySet()) {
                if (!key.startsWith(Options.PREFIX) && !FLINK.matcher(key).matches()) {
                    throw new IllegalArgumentException(key + " is neither an option of Babble nor one of Flink");
                }
            }
            return Settings.of(all);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.invalidUsage(e.getMessage());
        }
    }

    /** The options of Flink. */
    Configuration flink() {
        Map<String, String> flink = all();
        flink.keySet().removeIf(key -> key.startsWith(Options.PREFIX));
        return Configuration.fromMap(flink);
    }

    /**
     * Refuses options on the command line that the command does not use. Those in a file may be for other commands.
     *
     * @throws CommandFailed when an option has none of these prefixes
     */
    void allowOnly(List<String> prefixes) {
        for (String key : commandLine.keySet()) {
            if (prefixes.stream().noneMatch(key::startsWith)) {
                throw CommandFailed.invalidUsage("-D" + key + " has no effect here: omit it (this command uses only "
                        + String.join("* and ", prefixes) + "*)");
            }
        }
    }
}
