package io.babble.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Where a service in this JVM keeps everything: Kafka's part and Flink's part, and a lock that lasts as long as either of them
 * may be in use.
 */
public final class DataFolder implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Path path;
    private final FolderLock lock;

    private DataFolder(Path path, FolderLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes the folder if need be, and keeps others out. Somebody who is still busy stopping is waited for.
     *
     * @param patience how long to wait
     * @param waiting is run once if there is something to wait for
     * @throws IllegalStateException when somebody else has it
     */
    public static DataFolder open(Path path, Duration patience, Runnable waiting) {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean said = false;
        while (true) {
            try {
                return new DataFolder(path, FolderLock.of(path));
            } catch (IllegalStateException e) {
                if (System.nanoTime() - deadline >= 0) {
                    throw e;
                }
            }
            if (!said) {
                waiting.run();
                said = true;
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

    /** Deletes what Kafka and Flink have kept, and nothing else that may lie in the folder. */
    public void clear() {
        Checkpoints.delete(kafka());
        Checkpoints.delete(flink());
    }

    @Override
    public void close() {
        lock.close();
    }

    private static void pause(Path path) {
        try {
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for " + path, e);
        }
    }
}
