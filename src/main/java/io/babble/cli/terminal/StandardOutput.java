package io.babble.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Standard output, in UTF-8 in any locale, as models write UTF-8. Remembers why it could not be written. */
public final class StandardOutput {
    private static final String READER_IS_GONE = "Broken pipe";

    private final PrintWriter writer =
            new PrintWriter(new Watched(new FileOutputStream(FileDescriptor.out)), true, StandardCharsets.UTF_8);

    private IOException failure;

    public PrintWriter writer() {
        return writer;
    }

    /** Why something could not be written; that a reader such as {@code head} needs no more is no failure. */
    public Optional<String> failure() {
        writer.flush();
        return Optional.ofNullable(failure).map(IOException::getMessage).filter(why -> !why.equals(READER_IS_GONE));
    }

    private final class Watched extends FilterOutputStream {
        Watched(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                failure = failure == null ? e : failure;
                throw e;
            }
        }
    }
}
