package io.babble.cli;

import java.nio.file.Path;

/** Where the log goes, so that the terminal belongs to the text. */
final class LogFile {
    private static final String PROPERTY = "babble.log.file";

    private LogFile() {}

    /**
     * Takes this file unless another one is named. To be called before anything is logged.
     *
     * @return the file that is taken
     */
    static String orElse(Path file) {
        String named = System.getProperty(PROPERTY);
        if (named == null) {
            System.setProperty(PROPERTY, file.toString());
            return file.toString();
        }
        return named;
    }
}
