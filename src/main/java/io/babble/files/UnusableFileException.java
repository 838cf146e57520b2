package io.babble.files;

import java.io.IOException;

/** A file that cannot be used. The message names the file and the reason, for display to the user. */
public final class UnusableFileException extends IOException {
    UnusableFileException(String message) {
        super(message);
    }

    UnusableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
