package io.babble.job.state;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * State as released versions wrote it. A file here is never written anew: when a form changes, a file of the new
 * version joins the old ones, which every later Babble must still read.
 */
public final class Golden {
    private Golden() {}

    /** The bytes of {@code name}, for example {@code ledger-1.bin}. */
    public static byte[] bytes(String name) throws IOException {
        try (InputStream in = Golden.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    public static DataInputStream open(String name) throws IOException {
        return new DataInputStream(new ByteArrayInputStream(bytes(name)));
    }
}
