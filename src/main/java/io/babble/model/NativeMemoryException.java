package io.babble.model;

/** What is to be computed does not fit into the memory that there may be outside the heap. */
public final class NativeMemoryException extends IllegalStateException {

    public NativeMemoryException(String message) {
        super(message);
    }
}
