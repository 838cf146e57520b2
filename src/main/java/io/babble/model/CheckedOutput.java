package io.babble.model;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Writes little-endian numbers to a stream, buffered, and a checksum of all bytes. */
final class CheckedOutput {
    private static final int BUFFER_BYTES = 1 << 18;

    private final OutputStream out;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    CheckedOutput(OutputStream out) {
        this.out = out;
    }

    void unsignedByte(int value) throws IOException {
        room(Byte.BYTES).put((byte) value);
    }

    void unsignedShort(int value) throws IOException {
        room(Short.BYTES).putShort((short) value);
    }

    void integer(int value) throws IOException {
        room(Integer.BYTES).putInt(value);
    }

    void longInteger(long value) throws IOException {
        room(Long.BYTES).putLong(value);
    }

    /** A string of at most 65,535 bytes in UTF-8. */
    void string(String value) throws IOException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        unsignedShort(bytes.length);
        bytes(bytes);
    }

    void bytes(byte[] value) throws IOException {
        room(value.length).put(value);
    }

    void floats(float[] values, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            int count = Math.min(length - done, room(Float.BYTES).remaining() / Float.BYTES);
            buffer.asFloatBuffer().put(values, offset + done, count);
            buffer.position(buffer.position() + count * Float.BYTES);
            done += count;
        }
    }

    /** Writes the checksum, flushes, and returns it. */
    long finish() throws IOException {
        drain();
        long checksum = crc.getValue();
        integer((int) checksum);
        drain();
        out.flush();
        return checksum;
    }

    private ByteBuffer room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            drain();
        }
        return buffer;
    }

    private void drain() throws IOException {
        crc.update(buffer.array(), 0, buffer.position());
        out.write(buffer.array(), 0, buffer.position());
        buffer.clear();
    }
}
