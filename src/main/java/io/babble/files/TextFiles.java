package io.babble.files;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Reads several files as one concatenated text, from several positions at once. */
public final class TextFiles implements Closeable {
    private final List<FileChannel> files = new ArrayList<>();
    private long size;

    /**
     * Opens the files.
     *
     * @throws UnusableFileException when one of them is not a readable file
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
        if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
            throw new UnusableFileException("Cannot read " + path + ": it is not a file, or permission is denied");
        }
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        files.add(file);
        size += file.size();
    }

    public long size() {
        return size;
    }

    /**
     * Splits the text into consecutive streams of about the same length. A boundary inside a UTF-8 character moves to
     * the end of that character.
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
                throw new EOFException("A file was truncated while it was read");
            }
        }
        return bytes.array();
    }

    @Override
    public void close() throws IOException {
        for (FileChannel file : files) {
            file.close();
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

    /** As {@link FileChannel#read(ByteBuffer, long)}. */
    private int read(long position, ByteBuffer into) throws IOException {
        long start = 0;
        for (FileChannel file : files) {
            if (position < start + file.size()) {
                return file.read(into, position - start);
            }
            start += file.size();
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
