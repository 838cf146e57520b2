package io.babble.job;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text that nobody should send, from a seed, and what must become of it. The sums hold for one partition whose order is
 * that of the calls, for a job that knows enough streams to keep the few that are written to again and again, and when
 * {@link #last} has pushed all others out.
 */
final class HostileRecords {
    /** Longest text that the job takes. */
    static final int MAX_BYTES = 20_000;

    private static final int MAX_KEY = 1_024;
    /** Longer than what a dead letter carries, and still a record that a broker takes. */
    private static final int BEYOND_A_LETTER = 1_040_000;

    /** W3C's pattern of well-formed UTF-8, one character; independent of the job's automaton. */
    private static final Pattern CHARACTER = Pattern.compile("[\\x00-\\x7F]|[\\xC2-\\xDF][\\x80-\\xBF]"
            + "|\\xE0[\\xA0-\\xBF][\\x80-\\xBF]|[\\xE1-\\xEC\\xEE\\xEF][\\x80-\\xBF]{2}|\\xED[\\x80-\\x9F][\\x80-\\xBF]"
            + "|\\xF0[\\x90-\\xBF][\\x80-\\xBF]{2}|[\\xF1-\\xF3][\\x80-\\xBF]{3}|\\xF4[\\x80-\\x8F][\\x80-\\xBF]{2}");

    private static final byte[][] NEVER_UTF_8 = {
        {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, // a surrogate
        {(byte) 0xC0, (byte) 0xAF}, // overlong
        {(byte) 0xF0, (byte) 0x80, (byte) 0x80, (byte) 0x80},
        {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80}, // above U+10FFFF
        {(byte) 0xFF, (byte) 0xFE, (byte) 0xFD},
        {(byte) 0x80},
    };

    /** {@code key} and {@code value} may be null. */
    record Raw(byte[] key, byte[] value) {}

    private final Random random;
    /** What came for each stream that goes on, since it began; a character may be cut between its records. */
    private final Map<String, ByteArrayOutputStream> lasting = new HashMap<>();

    private final BitSet deadRecords = new BitSet();
    private long accepted;
    private long deadBytes;
    private int number;

    HostileRecords(long seed) {
        random = new Random(seed);
    }

    /** Bytes that are taken in as text. */
    long accepted() {
        return accepted;
    }

    /** Those of them that are no UTF-8. */
    long deadBytes() {
        return deadBytes;
    }

    /** Offsets of records that are dead letters as a whole. */
    BitSet deadRecords() {
        return deadRecords;
    }

    Raw next() {
        int offset = number++;
        int kind = random.nextInt(10_000);
        if (kind < 20) {
            return outsized(offset, kind);
        } else if (kind < 6_000) {
            return whole(("new " + offset + " " + random.nextInt()).getBytes(UTF_8), text());
        } else if (kind < 7_500) {
            return whole(null, text());
        }
        return lasting("lasting " + (random.nextBoolean() ? "\0" : "🦜"));
    }

    /**
     * The {@code index}-th of the records that come last: when there are as many as streams are known, all others have
     * ended.
     */
    Raw last(int index) {
        lasting.values().forEach(this::count);
        lasting.clear();
        number++;
        return whole(("last " + index).getBytes(UTF_8), "x".getBytes(UTF_8));
    }

    private Raw outsized(int offset, int kind) {
        byte[] key = new byte[kind % 2 == 0 ? MAX_KEY + 1 + random.nextInt(30_000) : MAX_KEY];
        Arrays.fill(key, (byte) 'k');
        System.arraycopy(String.format("%09d", offset).getBytes(UTF_8), 0, key, 0, 9);
        Raw record =
                switch (kind / 2) {
                    case 0 -> new Raw(key, text());
                    case 1 -> new Raw(null, new byte[BEYOND_A_LETTER]);
                    case 2 -> new Raw(text(), new byte[MAX_BYTES + 1]);
                    case 3 -> new Raw(null, null);
                    case 4 -> new Raw(new byte[] {(byte) 0xC3}, text());
                    case 5 -> new Raw(key, null);
                    default -> new Raw(null, Arrays.copyOf(text(), MAX_BYTES));
                };
        boolean keyFits = record.key() == null || (record.key().length <= MAX_KEY && deadIn(record.key()) == 0);
        boolean valueFits = record.value() == null ? record.key() != null : record.value().length <= MAX_BYTES;
        if (keyFits && valueFits) {
            return whole(record.key(), record.value());
        }
        deadRecords.set(offset);
        return record;
    }

    /** All that there ever is of a stream. */
    private Raw whole(byte[] key, byte[] value) {
        if (value != null) {
            accepted += value.length;
            deadBytes += deadIn(value);
        }
        return new Raw(key, value);
    }

    private Raw lasting(String stream) {
        byte[] key = stream.getBytes(UTF_8);
        if (random.nextInt(50) == 0) {
            ByteArrayOutputStream ended = lasting.remove(stream);
            if (ended != null) {
                count(ended);
            }
            return new Raw(key, null);
        }
        byte[] value = text();
        accepted += value.length;
        lasting.computeIfAbsent(stream, ignored -> new ByteArrayOutputStream()).writeBytes(value);
        return new Raw(key, value);
    }

    private void count(ByteArrayOutputStream stream) {
        deadBytes += deadIn(stream.toByteArray());
    }

    private static int deadIn(byte[] bytes) {
        Matcher characters = CHARACTER.matcher(new String(bytes, ISO_8859_1));
        int dead = bytes.length;
        while (characters.find()) {
            dead -= characters.end() - characters.start();
        }
        return dead;
    }

    /** Good, bad and empty. */
    private byte[] text() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int length = random.nextInt(100) == 0 ? random.nextInt(2_000) : random.nextInt(40);
        int kind = random.nextInt(4);
        while (text.size() < length) {
            switch (random.nextInt(20) == 0 ? 4 : kind) {
                case 0 -> text.write(random.nextInt(256));
                case 1 -> text.write(random.nextInt(32));
                case 2 -> text.writeBytes(character(random).getBytes(UTF_8));
                case 3 -> text.write('a' + random.nextInt(26));
                default -> text.writeBytes(NEVER_UTF_8[random.nextInt(NEVER_UTF_8.length)]);
            }
        }
        return Arrays.copyOf(text.toByteArray(), length);
    }

    /** Of any plane, but no surrogate. */
    static String character(Random random) {
        int codePoint = random.nextInt(0x110000 - 0x800);
        return Character.toString(codePoint < 0xD800 ? codePoint : codePoint + 0x800);
    }
}
