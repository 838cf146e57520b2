package io.babble.text;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What the serialized forms of state have in common: a version in front, and arrays of float with their length. */
public final class SavedForm {
    private SavedForm() {}

    /**
     * Reads the version in front.
     *
     * @param what is read, for the message: "A stream"
     * @param newest version that this release writes; it reads all from 1 on
     * @throws LaterVersionException if a later release wrote it
     */
    public static byte readVersion(DataInput in, String what, int newest) throws IOException {
        byte version = in.readByte();
        checkVersion(version, what, newest);
        return version;
    }

    /** As {@link #readVersion}, for a version that was stored elsewhere. */
    public static void checkVersion(int version, String what, int newest) throws IOException {
        if (version < 1 || version > newest) {
            throw new LaterVersionException(
                    what + " of version " + version + " was found, but this Babble reads version " + newest
                            + (newest > 1 ? " and below" : "") + ": use the Babble that wrote it, or a later one.");
        }
    }

    /** Writes the length and big-endian values. */
    public static void writeFloats(float[] values, DataOutput out) throws IOException {
        out.writeInt(values.length);
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        out.write(bytes.array());
    }

    /** Reads what {@link #writeFloats} wrote. */
    public static float[] readFloats(DataInput in) throws IOException {
        float[] values = new float[in.readInt()];
        byte[] bytes = new byte[values.length * Float.BYTES];
        in.readFully(bytes);
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
        return values;
    }
}
