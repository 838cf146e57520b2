package io.babble.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.time.Deadline;

/**
 * The data folder of a service in this JVM: a subfolder each for Kafka and Flink, and a lock that is held while either
 * of them may be in use.
 */
public final class DataFolder implements AutoCloseable {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    private final Path path;
    private final FolderLock lock;

    private DataFolder(Path path, FolderLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Creates the folder if it does not exist, and locks it. Waits for a process that holds the lock, as it may be
     * shutting down.
     *
     * @param timeout how long to wait for the lock
     * @param onWait called once if the lock is not free at once
     * @throws IllegalStateException when the lock is still held after the timeout
     */
    public static DataFolder open(Path path, Duration timeout, Runnable onWait) {
        Deadline deadline = Deadline.fromNow(timeout);
        boolean waiting = false;
        while (true) {
            try {
                return new DataFolder(path, FolderLock.acquire(path));
            } catch (IllegalStateException e) {
                if (deadline.isOverdue()) {
                    throw e;
                }
            }
            if (!waiting) {
                onWait.run();
                waiting = true;
            }
            pause(path);
        }
    }

    public Path path() {
        return path;
    }

    public Path kafka() {
        return path.resolve("kafka");
    }

    public Path flink() {
        return path.resolve("flink");
    }

    /**
     * Deletes the data of Kafka and Flink, but no other files in the folder.
     *
     * @throws IllegalStateException when it would delete files of somebody else
     */
    public void clear() {
        FolderLock.requireOwn(kafka());
        FolderLock.requireOwn(flink());
        FolderLock.delete(kafka());
        FolderLock.delete(flink());
    }

    @Override
    public void close() {
        lock.close();
    }

    private static void pause(Path path) {
        try {
            TimeUnit.NANOSECONDS.sleep(POLL_INTERVAL.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for " + path, e);
        }
    }
}
