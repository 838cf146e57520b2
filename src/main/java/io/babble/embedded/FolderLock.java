package io.babble.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An exclusive lock on a data folder, against other processes and other users in this process. The operating system
 * releases it when the process dies, also after {@code kill -9}.
 */
final class FolderLock implements AutoCloseable {
    /** Stays in the folder, and so marks it as Babble's. */
    private static final String NAME = "in-use.lock";

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * As {@link #acquire}, for a folder in which everything may be deleted.
     *
     * @throws IllegalStateException when the lock is held already, or the folder has files of somebody else
     */
    static FolderLock acquireWhole(Path folder) {
        requireOwn(folder);
        return acquire(folder);
    }

    /** @throws IllegalStateException when the folder has files and was never locked */
    static void requireOwn(Path folder) {
        if (!Files.exists(folder.resolve(NAME))
                && (Files.isRegularFile(folder) || !Checkpoints.children(folder).isEmpty())) {
            throw new IllegalStateException(
                    folder + " has files that are not Babble's: choose another data folder with --data");
        }
    }

    /** Deletes a folder, the mark last: until then it is Babble's, also after {@code kill -9}. */
    static void delete(Path folder) {
        Checkpoints.children(folder).stream()
                .filter(child -> !child.endsWith(NAME))
                .forEach(Checkpoints::delete);
        Checkpoints.delete(folder);
    }

    /**
     * Creates the folder if it does not exist, and locks it.
     *
     * @throws IllegalStateException when the lock is held already, the folder is not writable, or its file system does
     *     not support locks
     */
    static FolderLock acquire(Path folder) {
        FileChannel channel;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IllegalStateException("Cannot write to " + folder + ": choose another data folder", e);
        }
        if (!tryLock(channel)) {
            throw new IllegalStateException(
                    folder + " is in use by another process: stop that process, or choose another data folder");
        }
        return new FolderLock(channel);
    }

    /** Closes the channel unless it is locked when this returns. */
    static boolean tryLock(FileChannel channel) {
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // this process holds it
        } catch (IOException e) {
            throw new IllegalStateException("This file system cannot lock files: choose another data folder", e);
        } finally {
            if (!locked) {
                close(channel);
            }
        }
        return locked;
    }

    @Override
    public void close() {
        close(channel);
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
