package io.babble.cli;

import io.babble.job.options.ModelOptions;
import io.babble.job.options.Option;
import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.model.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine;

/**
 * Options of Babble and Flink from a file, from Java's system properties and from the command line. Later sources
 * override earlier ones.
 */
final class ConfigOptions {
    private static final Path DEFAULT_FILE = Path.of("babble.yaml");
    private static final String LOG = Options.PREFIX + "log.";
    private static final Pattern FLINK = Pattern.compile(
            "(blob|cluster|env|execution|fs|heartbeat|io|jobmanager|jobmaster|metrics|parallelism|pekko|pipeline|rest|"
                    + "restart-strategy|security|slot|state|task|taskmanager|web)\\..+");

    private final Map<String, String> commandLine = new LinkedHashMap<>();

    @CommandLine.Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML file of options; -D overrides them (default: babble.yaml, if it exists).")
    private Path file;

    @CommandLine.Option(
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

    /** Every option that is set, by its full key. */
    private Map<String, String> all() {
        return merged(inFile(), given());
    }

    private Map<String, String> inFile() {
        if (file != null) {
            return ConfigFile.read(file);
        }
        return Files.exists(DEFAULT_FILE) ? ConfigFile.read(DEFAULT_FILE) : Map.of();
    }

    /** The options that are given to this call. */
    private Map<String, String> given() {
        Map<String, String> given = new TreeMap<>();
        for (String key : System.getProperties().stringPropertyNames()) {
            if (key.startsWith(Options.PREFIX) && !key.startsWith(LOG)) {
                given.put(key, System.getProperty(key));
            }
        }
        given.putAll(commandLine);
        return given;
    }

    /** Later maps override earlier ones. */
    @SafeVarargs
    private static Map<String, String> merged(Map<String, String>... layers) {
        Map<String, String> merged = new TreeMap<>();
        for (Map<String, String> layer : layers) {
            merged.putAll(layer);
        }
        return merged;
    }

    /**
     * The settings for a saved model. What the model itself says overrides the file, which may be for another one; what
     * is given to this call must agree with the model.
     *
     * @throws CommandFailed as {@link #job}
     */
    Settings jobOf(Model model) {
        return settings(merged(inFile(), ModelOptions.of(model), given()));
    }

    /**
     * The settings of a command that runs its own fixed job: only these options are taken over.
     *
     * @param fixed options of the command
     * @throws CommandFailed as {@link #job}
     */
    Settings fixedJob(Map<String, String> fixed, List<Option<?>> takenOver) {
        Map<String, String> taken = all();
        taken.keySet().retainAll(takenOver.stream().map(Option::key).toList());
        return settings(merged(taken, fixed));
    }

    /**
     * The settings of a job.
     *
     * @param defaults of the command, weaker than the user's options
     * @param overrides of the command, stronger than the user's options
     * @throws CommandFailed when options are unknown or invalid; the message lists all of them
     */
    Settings job(Map<String, String> defaults, Map<String, String> overrides) {
        return settings(merged(defaults, all(), overrides));
    }

    private static Settings settings(Map<String, String> options) {
        try {
            for (String key : options.keySet()) {
                if (!key.startsWith(Options.PREFIX) && !FLINK.matcher(key).matches()) {
                    throw new IllegalArgumentException(
                            key + " is neither an option of Babble nor one of Flink" + didYouMean(key));
                }
            }
            return Settings.of(options);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.invalidUsage(e.getMessage());
        }
    }

    /** The README leaves out the prefix where it speaks of an option. */
    private static String didYouMean(String key) {
        return Options.isKey(Options.PREFIX + key) ? ": use -D" + Options.PREFIX + key : "";
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
                        + String.join(", ", prefixes) + ")");
            }
        }
    }
}
