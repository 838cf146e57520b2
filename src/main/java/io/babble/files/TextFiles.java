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

/** The bytes of some files, one after the other, to be read from several places at once. */
public final class TextFiles implements Closeable {
    private final List<FileChannel> files = new ArrayList<>();
    private long size;

    /**
     * Opens the files.
     *
     * @throws UnusableFileException when one is no readable file
     */
    public TextFiles(List<Path> paths) throws IOException {
        for (Path path : paths) {
            if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
                close();
                throw new UnusableFileException("Cannot read " + path + ": it is no file, or not yours to read");
            }
            FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
            files.add(file);
            size += file.size();
        }
    }

    public long size() {
        return size;
    }

    /**
     * The text in so many streams of about the same length. A cut that falls inside a character of UTF-8 moves behind it, so
     * that no stream begins with the rest of one.
     */
    public List<InputStream> cut(int streams) throws IOException {
        long[] cuts = cuts(streams);
        List<InputStream> slices = new ArrayList<>(streams);
        for (int i = 0; i < streams; i++) {
            slices.add(slice(cuts[i], cuts[i + 1]));
        }
        return slices;
    }

    /** Where {@link #cut(int)} cuts: stream i goes from the i-th position to the next one. */
    long[] cuts(int streams) throws IOException {
        long[] cuts = new long[streams + 1];
        for (int i = 1; i <= streams; i++) {
            cuts[i] = Math.max(cuts[i - 1], characterStart(size / streams * i + size % streams * i / streams));
        }
        return cuts;
    }

    /** The bytes from one position to another. */
    InputStream slice(long from, long to) {
        return new Slice(from, to);
    }

    /** The bytes from a position on, all of which must be there. */
    byte[] read(long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (read(position + bytes.position(), bytes) < 0) {
                throw new EOFException("A file has become shorter while it was read");
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

    /** The position itself, or behind the character of UTF-8 that it lies inside of. */
    long characterStart(long position) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        int rest = 0;
        while (rest < 3 && read(position + rest, one.clear()) == 1 && (one.get(0) & 0xC0) == 0x80) {
            rest++;
        }
        return position + rest;
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
            int most = (int) Math.min(length, end - position);
            if (most <= 0) {
                return length == 0 ? 0 : -1;
            }
            int count = TextFiles.this.read(position, ByteBuffer.wrap(into, offset, most));
            position += Math.max(0, count);
            return count;
        }
    }
}
