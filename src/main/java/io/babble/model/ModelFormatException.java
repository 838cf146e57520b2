package io.babble.model;

import java.io.IOException;

/**
 * Bytes that are not a complete, undamaged model of a known codec version. The message says what was expected and what
 * was found.
 */
public final class ModelFormatException extends IOException {
    ModelFormatException(String message) {
        super(message);
    }
}
