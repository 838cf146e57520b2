package io.babble.files;

import java.io.IOException;
import java.io.InputStream;

/** The text in the jar: Shakespeare, 1.1 million bytes of ASCII. */
public final class BundledText {
    public static final String NAME = "tinyshakespeare.txt";

    private BundledText() {}

    public static byte[] read() throws IOException {
        try (InputStream text = BundledText.class.getResourceAsStream(NAME)) {
            return text.readAllBytes();
        }
    }
}
