package io.babble.text;

import java.io.IOException;

/** Saved bytes that a later release of Babble wrote; this one can never read them. */
public final class LaterVersionException extends IOException {
    LaterVersionException(String message) {
        super(message);
    }
}
