package io.babble.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes files atomically. */
public final class WholeFile {
    private WholeFile() {}

    /** Writes the content of a file. It may close the stream. */
    public interface Content {
        public void write(OutputStream out) throws IOException;
    }

    /** Replaces the file atomically: after a crash at any moment it has either the old or the complete new content. */
    public static void write(Path file, Content content) throws IOException {
        Path target = file.toAbsolutePath();
        Path partial = target.resolveSibling(target.getFileName() + ".partial");
        try {
            try (FileChannel channel = FileChannel.open(
                    partial,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                OutputStream out = new FlushOnClose(Channels.newOutputStream(channel));
                content.write(out);
                out.flush();
                channel.force(true);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
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

    /** Whether the file can be written: its folder exists and is writable. */
    public static boolean writable(Path file) {
        return !Files.isDirectory(file)
                && Files.isWritable(file.toAbsolutePath().getParent());
    }
}
