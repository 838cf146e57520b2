package io.babble.client;

/** A topic that cannot be used. The message tells the user what to do. */
public final class TopicException extends IllegalStateException {
    TopicException(String message, Throwable cause) {
        super(message, cause);
    }
}
