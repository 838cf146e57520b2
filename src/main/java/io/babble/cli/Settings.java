package io.babble.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** {@code -Dbabble.…=…}, given to the command or to Java; the command's are the stronger ones. */
final class Settings {
    static final String KAFKA = "babble.kafka.";
    private static final String BABBLE = "babble.";
    private static final String LOG = "babble.log.";

    private final Map<String, String> given = new LinkedHashMap<>();

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "An option of the job, or babble.kafka.* for Kafka's clients, or babble.log.* for the log.")
    void set(Map<String, String> settings) {
        settings.forEach((key, value) -> {
            if (key.startsWith(LOG)) {
                // Log4j reads it with the first logger, which no command has made yet.
                System.setProperty(key, value);
            } else {
                given.put(key, value);
            }
        });
    }

    /** All of them but the log's. */
    Map<String, String> all() {
        Map<String, String> all = new TreeMap<>();
        for (String key : System.getProperties().stringPropertyNames()) {
            if (key.startsWith(BABBLE) && !key.startsWith(LOG)) {
                all.put(key, System.getProperty(key));
            }
        }
        all.putAll(given);
        return all;
    }

    /**
     * The settings of Kafka's clients, for a command that has no others.
     *
     * @throws CommandFailed when others are given: they would do nothing
     */
    Map<String, Object> kafkaOnly() {
        for (String key : given.keySet()) {
            if (!key.startsWith(KAFKA)) {
                throw CommandFailed.wrongCall(
                        "-D" + key + " does nothing here: leave it out (only " + KAFKA + "* is known)");
            }
        }
        Map<String, Object> kafka = new TreeMap<>();
        all().forEach((key, value) -> {
            if (key.startsWith(KAFKA)) {
                kafka.put(key.substring(KAFKA.length()), value);
            }
        });
        return kafka;
    }
}
