package io.babble.model.backend.onednn;

import io.babble.model.NativeMemoryException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that one backend has reserved of the memory outside the heap that all backends of this process share.
 * Nothing else limits them: JavaCPP's {@code maxbytes} does not count ND4J's tensors, and ND4J has no limit of its own.
 */
final class NativeMemory implements AutoCloseable {
    private static final AtomicLong TAKEN = new AtomicLong();

    private final long most;
    private long share;

    /** @param most bytes that all backends of the process together may reserve */
    NativeMemory(long most) {
        this.most = most;
    }

    /** Bytes that all backends of this process have reserved. */
    static long taken() {
        return TAKEN.get();
    }

    /**
     * Grows the share to at least this many bytes.
     *
     * @throws NativeMemoryException if that exceeds the limit; the share is unchanged
     */
    void reserve(long bytes) {
        long more = Math.max(0, bytes - share);
        long taken;
        do {
            taken = TAKEN.get();
            if (more > 0 && taken + more > most) {
                throw tooMuch(bytes, taken - share);
            }
        } while (!TAKEN.compareAndSet(taken, taken + more));
        share += more;
    }

    private NativeMemoryException tooMuch(long bytes, long others) {
        return new NativeMemoryException(
                mebibytes(bytes) + " MiB outside the heap are needed"
                        + (others == 0
                                ? ""
                                : " beside the " + mebibytes(others) + " MiB that others in this process have")
                        + ", " + mebibytes(most) + " MiB are allowed",
                bytes > most);
    }

    /** Bytes that this backend has reserved. */
    long share() {
        return share;
    }

    @Override
    public void close() {
        TAKEN.addAndGet(-share);
        share = 0;
    }

    private static long mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
