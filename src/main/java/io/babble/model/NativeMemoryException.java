package io.babble.model;

/** What is to be computed does not fit into the memory that there may be outside the heap. */
public final class NativeMemoryException extends IllegalStateException {
    private final boolean lasting;

    /** @param lasting whether it would not fit either where nobody else had any */
    public NativeMemoryException(String message, boolean lasting) {
        super(message);
        this.lasting = lasting;
    }

    /** Whether it would not fit either where nobody else had any. */
    public boolean isLasting() {
        return lasting;
    }
}
