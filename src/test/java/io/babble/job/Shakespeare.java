package io.babble.job;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Text to learn, one byte a character. */
final class Shakespeare {
    private static final byte[] TEXT = read();

    private Shakespeare() {}

    static byte[] bytes(int from, int to) {
        return Arrays.copyOfRange(TEXT, from, to);
    }

    private static byte[] read() {
        try (InputStream text = Shakespeare.class.getResourceAsStream("/io/babble/files/tinyshakespeare.txt")) {
            return text.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
