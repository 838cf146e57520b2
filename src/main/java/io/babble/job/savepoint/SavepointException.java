package io.babble.job.savepoint;

import java.io.IOException;
import java.nio.file.Path;

/** A savepoint that cannot be read or written; the message says which one and why. */
public final class SavepointException extends IOException {
    SavepointException(String message) {
        super(message);
    }

    /** Says what Flink said last: its own exceptions wrap each other. */
    SavepointException(Path folder, Throwable error) {
        super("The savepoint " + folder + " cannot be read: " + reason(error), error);
    }

    private static String reason(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }
}
