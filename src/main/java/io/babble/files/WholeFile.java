package io.babble.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.UUID;

/** Writes files atomically. */
public final class WholeFile {
    /** As many as Linux follows. */
    private static final int MAX_LINKS = 40;

    private WholeFile() {}

    /** Writes the content of a file. It may close the stream. */
    public interface Content {
        void write(OutputStream out) throws IOException;
    }

    /**
     * Replaces the file atomically: after a crash at any moment it has either the old or the complete new content. A
     * link stays, and the file it points to is replaced, with its mode and, where that is permitted, its owner. What is
     * no regular file (a device, a FIFO) is written to.
     */
    public static void write(Path file, Content content) throws IOException {
        if (isDevice(file)) {
            try (OutputStream out = Files.newOutputStream(file)) {
                content.write(out);
            }
            return;
        }
        Path target = resolveLinks(file);
        // A name that nobody can guess, and no file that is there already: it may be a link of somebody else.
        Path partial = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".partial");
        try {
            try (FileChannel channel =
                    FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                OutputStream out = new FlushOnClose(Channels.newOutputStream(channel));
                content.write(out);
                out.flush();
                channel.force(true);
            }
            if (Files.exists(target)) {
                copyOwnerAndMode(target, partial);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static boolean isDevice(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }

    private static Path resolveLinks(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MAX_LINKS) {
                throw new FileSystemLoopException(file.toString());
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    private static void copyOwnerAndMode(Path from, Path to) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        PosixFileAttributes attributes = Files.readAttributes(from, PosixFileAttributes.class);
        try {
            view.setGroup(attributes.group());
            view.setOwner(attributes.owner());
        } catch (FileSystemException e) {
            // Only root may change the owner, and others the group only to one of theirs.
        }
        view.setPermissions(attributes.permissions());
    }

    /** Keeps the channel open, because it must still be forced to the disk. */
    private static final class FlushOnClose extends BufferedOutputStream {
        FlushOnClose(OutputStream out) {
            super(out);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    /** Whether both are the same file, or would be. */
    public static boolean same(Path one, Path other) throws IOException {
        return (Files.exists(one) && Files.exists(other))
                ? Files.isSameFile(one, other)
                : resolveLinks(one).normalize().equals(resolveLinks(other).normalize());
    }

    /** Whether the file can be written: it is a writable device, or its folder exists and is writable. */
    public static boolean writable(Path file) {
        if (isDevice(file)) {
            return Files.isWritable(file);
        }
        try {
            return !Files.isDirectory(file)
                    && Files.isWritable(resolveLinks(file).getParent());
        } catch (IOException e) {
            return false;
        }
    }
}
