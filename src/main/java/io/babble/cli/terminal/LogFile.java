package io.babble.cli.terminal;

import java.nio.file.Path;

/**
 * Configures the log, which goes to a file because the terminal shows text. To be called before the first logger is
 * created.
 */
public final class LogFile {
    private static final String PROPERTY = "babble.log.file";
    /** The same name where Log4j reads conversion specifiers in it. */
    private static final String PATTERN = "babble.log.pattern";

    private static final String LEVEL = "babble.log.level";

    private LogFile() {}

    /**
     * Uses this file unless the user has set another one.
     *
     * @return the file in use
     */
    public static String useByDefault(Path file) {
        String configured = System.getProperty(PROPERTY, file.toString());
        System.setProperty(PROPERTY, configured);
        System.setProperty(PATTERN, configured.replace("%", "%%"));
        return configured;
    }

    /** Suppresses the warnings of a short-lived Flink, unless the user has set a log level. */
    public static void onlyErrors() {
        if (System.getProperty(LEVEL) == null) {
            System.setProperty(LEVEL, "ERROR");
        }
    }
}
