package io.babble.model;

/** A backend needs more memory outside the heap than is allowed. */
public final class NativeMemoryException extends IllegalStateException {
    private final boolean lasting;

    /** @param lasting whether it exceeds the limit even if it is the only backend */
    public NativeMemoryException(String message, boolean lasting) {
        super(message);
        this.lasting = lasting;
    }

    /** Whether it exceeds the limit even if it is the only backend. */
    public boolean isLasting() {
        return lasting;
    }
}
