package io.babble.job.savepoint;

import java.io.IOException;
import java.nio.file.Path;

/** A savepoint that cannot be read or written; the message says which one and why. */
public final class SavepointException extends IOException {
    SavepointException(String message) {
        super(message);
    }

    private SavepointException(String what, Throwable error) {
        super(what + ": " + reason(error), error);
    }

    static SavepointException unreadable(Path folder, Throwable error) {
        return new SavepointException("The savepoint " + folder + " cannot be read", error);
    }

    static SavepointException unwritable(Path folder, Throwable error) {
        return new SavepointException("No savepoint can be written in " + folder, error);
    }

    /** The message of the root cause: Flink's exceptions wrap each other. */
    private static String reason(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }
}
