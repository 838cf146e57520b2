package io.babble.client;

/** A topic that cannot be used; the message is for people and says what to do. */
public final class TopicException extends IllegalStateException {
    TopicException(String message, Throwable cause) {
        super(message, cause);
    }
}
