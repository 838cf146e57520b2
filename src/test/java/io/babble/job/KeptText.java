package io.babble.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * What the source has read of one stream, and what the job has kept of it. Bytes that are not UTF-8 are not kept, and
 * text before a null value may be forgotten.
 */
final class KeptText {
    private static final int LONGEST_CHARACTER = 4;

    private final String name;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    /** Where the text that is kept may begin. */
    private final TreeSet<Integer> beginnings = new TreeSet<>();

    private int unfinished;

    KeptText(String name) {
        this.name = name;
        beginnings.add(0);
    }

    void add(byte[] text, int length) {
        read.write(text, 0, length);
    }

    /** A null value was read. */
    void mayBeForgotten() {
        assertThat(read.toString(UTF_8)).as("text that is forgotten").matches("\\p{ASCII}*");
        beginnings.add(length());
    }

    /** Bytes that were read. */
    int length() {
        return read.size();
    }

    /** A byte that was learned or waits, the next one in order. */
    void addKept(int value) {
        kept.write(value);
    }

    /** So many bytes of a character wait for its rest. */
    void setUnfinished(int bytes) {
        assertThat(bytes).as("bytes of an unfinished character").isLessThan(LONGEST_CHARACTER);
        unfinished = bytes;
    }

    /**
     * Proves that what was read is kept, in order and once, except bytes above ASCII; returns how many of these are
     * dead.
     */
    int assertKeptUpToDead() {
        byte[] text = read.toByteArray();
        return beginnings.stream()
                        .map(begin -> dead(text, begin, kept.toByteArray()))
                        .flatMapToInt(OptionalInt::stream)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("Of %s was read%n%s%nand is kept%n%s"
                                .formatted(name, new String(text, UTF_8), kept.toString(UTF_8))))
                - unfinished;
    }

    /** How many bytes of {@code text} from {@code begin} on are missing in {@code kept}; empty if one is ASCII. */
    private static OptionalInt dead(byte[] text, int begin, byte[] kept) {
        int next = 0;
        for (int at = begin; at < text.length; at++) {
            if (next < kept.length && text[at] == kept[next]) {
                next++;
            } else if (text[at] >= 0) {
                return OptionalInt.empty();
            }
        }
        return next == kept.length ? OptionalInt.of(text.length - begin - kept.length) : OptionalInt.empty();
    }
}
