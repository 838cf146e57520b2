package io.babble.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second process, and a second user in this one, out of a data folder. The operating system lets go of the lock when
 * the process dies, however it dies.
 */
final class FolderLock implements AutoCloseable {
    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Makes the folder if need be, and locks it.
     *
     * @throws IllegalStateException when somebody else has it
     * @throws UncheckedIOException when it cannot be written
     */
    static FolderLock of(Path folder) {
        FileChannel channel;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(
                    folder.resolve("in-use.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write into " + folder + ": choose another data folder", e);
        }
        if (!locked(channel)) {
            throw new IllegalStateException(
                    folder + " is in use by another process: stop that one, or choose another data folder");
        }
        return new FolderLock(channel);
    }

    private static boolean locked(FileChannel channel) {
        FileLock lock = null;
        try {
            lock = channel.tryLock();
            if (lock == null) {
                channel.close();
            }
        } catch (OverlappingFileLockException e) {
            close(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("This file system cannot lock files: choose another data folder", e);
        }
        return lock != null;
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
