package io.babble.cli.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.babble.client.PacedPublisher;
import io.babble.files.TextFiles;
import io.babble.files.TextStreams;
import io.babble.files.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A text that is split into streams, and a file that remembers how far each of them was published. */
final class DemoText implements PacedPublisher.Text {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DIGEST_BYTES = 8;

    private final TextStreams parts;
    private final List<String> names;
    private final Path published;

    /**
     * Reads the text once.
     *
     * @param name begins the names of the streams
     * @param maxStreams most streams to split the text into
     * @param published how far streams were published, of this text and of others
     * @throws io.babble.files.UnusableFileException when there is no text
     */
    DemoText(TextFiles text, String name, int maxStreams, Path published) throws IOException {
        parts = new TextStreams(text, maxStreams);
        this.published = published;
        // Another text of the same name, or the same text in other parts, makes other streams.
        String digest = digest(text);
        names = IntStream.rangeClosed(1, parts.count())
                .mapToObj(i -> name + "-" + digest + "-" + i + "-of-" + parts.count())
                .toList();
    }

    private static String digest(TextFiles text) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
        try (InputStream all = new DigestInputStream(text.split(1).get(0), digest)) {
            all.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
    }

    @Override
    public List<String> streams() {
        return names;
    }

    @Override
    public long length(int stream) {
        return parts.length(stream);
    }

    @Override
    public byte[] read(int stream, long position, int maxBytes) throws IOException {
        return parts.read(stream, position, maxBytes);
    }

    @Override
    public Map<String, Long> published() throws IOException {
        if (!Files.exists(published)) {
            return Map.of();
        }
        try {
            return JSON.readValue(published.toFile(), new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IOException(published + " is damaged: delete it", e);
        }
    }

    @Override
    public void savePublished(Map<String, Long> positions) throws IOException {
        Map<String, Long> all = new TreeMap<>(published());
        all.putAll(positions);
        WholeFile.write(published, out -> JSON.writeValue(out, all));
    }
}
