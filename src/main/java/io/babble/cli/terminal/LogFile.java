package io.babble.cli.terminal;

import java.nio.file.Path;

/** Where the log goes, so that the terminal belongs to the text. */
public final class LogFile {
    private static final String PROPERTY = "babble.log.file";
    private static final String LEVEL = "babble.log.level";

    private LogFile() {}

    /**
     * Takes this file unless another one is named. To be called before anything is logged.
     *
     * @return the file that is taken
     */
    public static String orElse(Path file) {
        String named = System.getProperty(PROPERTY);
        if (named == null) {
            System.setProperty(PROPERTY, file.toString());
            return file.toString();
        }
        return named;
    }

    /** Leaves out warnings unless a level is set: those of a Flink that is there for one moment. To be called as early. */
    public static void onlyErrors() {
        if (System.getProperty(LEVEL) == null) {
            System.setProperty(LEVEL, "ERROR");
        }
    }
}
