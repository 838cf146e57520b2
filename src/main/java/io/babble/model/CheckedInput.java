package io.babble.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Reads what {@link CheckedOutput} wrote, and not a byte more. {@code what} names a value in the error message if bytes
 * are missing.
 */
final class CheckedInput {
    private static final int BUFFER_BYTES = 1 << 18;

    private final InputStream in;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    CheckedInput(InputStream in) {
        this.in = in;
    }

    int unsignedByte(String what) throws IOException {
        return fill(Byte.BYTES, what).get() & 0xFF;
    }

    int unsignedShort(String what) throws IOException {
        return fill(Short.BYTES, what).getShort() & 0xFFFF;
    }

    int integer(String what) throws IOException {
        return fill(Integer.BYTES, what).getInt();
    }

    long longInteger(String what) throws IOException {
        return fill(Long.BYTES, what).getLong();
    }

    String string(String what) throws IOException {
        return new String(bytes(unsignedShort(what), what), StandardCharsets.UTF_8);
    }

    byte[] bytes(int length, String what) throws IOException {
        byte[] bytes = new byte[length];
        fill(length, what).get(bytes);
        return bytes;
    }

    void floats(int length, String what, FloatCollector into) throws IOException {
        for (int done = 0; done < length; ) {
            int count = Math.min(length - done, BUFFER_BYTES / Float.BYTES);
            into.add(fill(count * Float.BYTES, what).asFloatBuffer());
            done += count;
        }
    }

    /** Compares the checksum that follows with that of all bytes read. */
    void finish() throws IOException {
        long expected = crc.getValue();
        long found = Integer.toUnsignedLong(integer("the checksum"));
        if (found != expected) {
            throw new ModelFormatException(
                    String.format("Damaged: expected the checksum %08x, found %08x", expected, found));
        }
    }

    private ByteBuffer fill(int bytes, String what) throws IOException {
        int read = in.readNBytes(buffer.array(), 0, bytes);
        if (read < bytes) {
            throw new ModelFormatException(
                    "Cut short: expected " + bytes + " more bytes for " + what + ", found " + read);
        }
        crc.update(buffer.array(), 0, bytes);
        return buffer.clear().limit(bytes);
    }
}
