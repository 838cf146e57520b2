package io.babble.model.backend.onednn;

import io.babble.model.NativeMemoryException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The share of one backend in what all backends of this process take outside the heap. Nothing else counts it: ND4J
 * allocates its tensors where JavaCPP's {@code maxbytes} does not see them, and does not hold to a limit of its own.
 */
final class NativeMemory implements AutoCloseable {
    private static final AtomicLong TAKEN = new AtomicLong();

    private final long most;
    private long share;

    /** @param most bytes that all backends of the process may have when this one asks for more */
    NativeMemory(long most) {
        this.most = most;
    }

    /** Bytes that all backends of this process have. */
    static long taken() {
        return TAKEN.get();
    }

    /**
     * Makes the share at least this large.
     *
     * @throws NativeMemoryException if it is more than there may be; the share stays as it was
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

    /** Bytes that this backend has. */
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
