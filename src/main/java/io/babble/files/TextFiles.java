package io.babble.files;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads several files as one concatenated text, from several positions at once. What is appended to a file after it was
 * opened is not part of it.
 */
public final class TextFiles implements Closeable {
    /** The name of standard input. */
    public static final String STDIN = "-";

    private static final int ENCODING_BYTES = 4096;

    private final List<TextFile> files = new ArrayList<>();
    private long size;

    private record TextFile(Path path, FileChannel channel, long size) {}

    /**
     * Opens the files. Standard input and what else cannot be read from any position, such as a pipe, is read to its
     * end first.
     *
     * @throws UnusableFileException when one of them is not readable, or is UTF-16
     */
    public TextFiles(List<Path> paths) throws IOException {
        try {
            for (Path path : paths) {
                open(path);
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void open(Path path) throws IOException {
        boolean stdin = path.toString().equals(STDIN);
        if (!stdin && (Files.isDirectory(path) || !Files.isReadable(path))) {
            throw new UnusableFileException("Cannot read " + path + ": it is not a file, or permission is denied");
        }
        FileChannel channel = !stdin && Files.isRegularFile(path)
                ? FileChannel.open(path, StandardOpenOption.READ)
                : copied(stdin ? System.in : Files.newInputStream(path));
        TextFile file = new TextFile(path, channel, channel.size());
        files.add(file);
        size += file.size;
        ByteBuffer begin = ByteBuffer.allocate(ENCODING_BYTES);
        channel.read(begin, 0);
        Utf16.refuse(begin.flip(), path);
    }

    private static FileChannel copied(InputStream text) throws IOException {
        FileChannel copy = FileChannel.open(
                Files.createTempFile("babble", ".txt"),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        try (text) {
            text.transferTo(Channels.newOutputStream(copy));
            return copy;
        } catch (IOException | RuntimeException e) {
            copy.close();
            throw e;
        }
    }

    public long size() {
        return size;
    }

    /**
     * Splits the text into consecutive streams of about the same length. A boundary inside a UTF-8 character moves to
     * the end of that character.
     *
     * @throws UnusableFileException when there are more streams than bytes
     */
    public List<InputStream> split(int streams) throws IOException {
        long[] bounds = bounds(streams);
        List<InputStream> slices = new ArrayList<>(streams);
        for (int i = 0; i < streams; i++) {
            slices.add(slice(bounds[i], bounds[i + 1]));
        }
        return slices;
    }

    /**
     * The boundaries of {@link #split(int)}: stream i has the bytes from {@code bounds[i]} to {@code bounds[i + 1]},
     * exclusive.
     */
    long[] bounds(int streams) throws IOException {
        if (streams > size) {
            throw new UnusableFileException("A text of " + size + " bytes cannot be split into " + streams
                    + " streams: use fewer with --streams");
        }
        long[] bounds = new long[streams + 1];
        for (int i = 1; i <= streams; i++) {
            long even = size / streams * i + size % streams * i / streams;
            bounds[i] = Math.max(bounds[i - 1], nextCharacterStart(even));
        }
        return bounds;
    }

    /** The bytes from {@code from} to {@code to}, exclusive. */
    InputStream slice(long from, long to) {
        return new Slice(from, to);
    }

    /**
     * Reads exactly {@code length} bytes.
     *
     * @throws EOFException when the text ends before
     */
    byte[] read(long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (read(position + bytes.position(), bytes) < 0) {
                throw new EOFException("The text ends before its byte " + (position + length));
            }
        }
        return bytes.array();
    }

    @Override
    public void close() throws IOException {
        for (TextFile file : files) {
            file.channel.close();
        }
    }

    /** The first position from {@code position} on that is not inside a UTF-8 character. */
    long nextCharacterStart(long position) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        int continuationBytes = 0;
        while (continuationBytes < 3
                && read(position + continuationBytes, one.clear()) == 1
                && (one.get(0) & 0xC0) == 0x80) {
            continuationBytes++;
        }
        return position + continuationBytes;
    }

    /**
     * As {@link FileChannel#read(ByteBuffer, long)}.
     *
     * @throws UnusableFileException when a file is shorter than it was when it was opened
     */
    private int read(long position, ByteBuffer into) throws IOException {
        long start = 0;
        for (TextFile file : files) {
            if (position < start + file.size) {
                int end = into.limit();
                into.limit((int) Math.min(end, into.position() + start + file.size - position));
                int count = file.channel.read(into, position - start);
                into.limit(end);
                if (count < 0) {
                    throw new UnusableFileException(file.path + " was truncated while it was read");
                }
                return count;
            }
            start += file.size;
        }
        return -1;
    }

    private final class Slice extends InputStream {
        private long position;
        private final long end;

        Slice(long position, long end) {
            this.position = position;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int limit = (int) Math.min(length, end - position);
            if (limit <= 0) {
                return length == 0 ? 0 : -1;
            }
            int count = TextFiles.this.read(position, ByteBuffer.wrap(into, offset, limit));
            position += Math.max(0, count);
            return count;
        }
    }
}
