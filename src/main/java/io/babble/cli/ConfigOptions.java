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
 * Options of Babble, and of Flink, from a file, from Java's system properties and from the command line, each overriding those
 * before it.
 */
final class ConfigOptions {
    private static final Path DEFAULT_FILE = Path.of("babble.yaml");
    private static final String LOG = Options.PREFIX + "log.";
    private static final Pattern FLINK = Pattern.compile(
            "(blob|cluster|env|execution|fs|heartbeat|io|jobmanager|jobmaster|metrics|parallelism|pekko|pipeline|rest|"
                    + "restart-strategy|security|slot|state|task|taskmanager|web)\\..+");

    private final Map<String, String> given = new LinkedHashMap<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Options in YAML; -D overrides them (babble.yaml where there is one).")
    private Path file;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "An option, or babble.kafka.* for Kafka's clients, or babble.log.* for the log.")
    void set(Map<String, String> options) {
        options.forEach((key, value) -> {
            if (key.startsWith(LOG)) {
                // Log4j reads it with the first logger, which no command has made yet.
                System.setProperty(key, value);
            } else {
                given.put(key, value);
            }
        });
    }

    /** Every option that is set, by its full key. */
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
        all.putAll(given);
        return all;
    }

    /**
     * The settings of a job.
     *
     * @param defaults the command's own, which what is set overrides
     * @param overrides what the command itself says
     * @throws CommandFailed when anything is unknown or impossible, all of it in one message
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
            throw CommandFailed.wrongCall(e.getMessage());
        }
    }

    /** Those of Flink. */
    Configuration flink() {
        Map<String, String> flink = all();
        flink.keySet().removeIf(key -> key.startsWith(Options.PREFIX));
        return Configuration.fromMap(flink);
    }

    /**
     * Refuses options on the command line that the command does not use. In a file they may be meant for other commands.
     *
     * @throws CommandFailed when one does not begin with any of {@code prefixes}
     */
    void allowOnly(List<String> prefixes) {
        for (String key : given.keySet()) {
            if (prefixes.stream().noneMatch(key::startsWith)) {
                throw CommandFailed.wrongCall("-D" + key + " does nothing here: leave it out (only "
                        + String.join("* and ", prefixes) + "* are known)");
            }
        }
    }
}
