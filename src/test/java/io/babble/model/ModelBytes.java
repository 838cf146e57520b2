package io.babble.model;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Models as arrays of the codec's bytes. */
public final class ModelBytes {
    private ModelBytes() {}

    public static byte[] of(Model model) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ModelCodec.write(model, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public static Model read(byte[] bytes) throws IOException {
        return ModelCodec.readWhole(new ByteArrayInputStream(bytes));
    }
}
