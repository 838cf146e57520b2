package io.babble.files;

import java.io.IOException;

/** A file that cannot be used; the message is for people and says which one and why. */
public final class UnusableFileException extends IOException {
    UnusableFileException(String message) {
        super(message);
    }

    UnusableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
