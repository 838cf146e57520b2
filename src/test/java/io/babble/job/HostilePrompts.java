package io.babble.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.babble.job.HostileRecords.Raw;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Prompts that nobody should send, from a seed, and what must become of each: an answer, a refusal, or a dead letter.
 */
final class HostilePrompts {
    /** What must become of a prompt. */
    enum Fate {
        ANSWERED,
        REFUSED,
        DEAD
    }

    private record Kind(Fate fate, Function<String, String> fields) {}

    /** What stands behind the id; {@code ANY} is a text of its own each time. */
    private static final String ANY = "<any>";

    private static final List<Kind> KINDS = List.of(
            answered(""),
            answered(",\"prompt\":\"" + ANY + "\""),
            answered(",\"prompt\":\"\\ud83e\\udd9c\\u0000\",\"temperature\":0"),
            answered(",\"stop\":\"" + ANY + "x\",\"topK\":3"),
            answered(",\"stop\":null,\"topP\":1e-300,\"seed\":-9223372036854775808"),
            refused(",\"prompt\":\"\\ud800\""),
            refused(",\"stop\":\"\\udc00\\ud800\""),
            refused(",\"stop\":\"\""),
            refused(",\"\\ud800" + ANY + "\":1"),
            refused(",\"temprature\":1"),
            refused(",\"prompt\":null"),
            refused(",\"prompt\":[{\"a\":[]}]"),
            refused(",\"seed\":1e30"),
            refused(",\"seed\":123456789012345678901234567890"),
            refused(",\"temperature\":1e999"),
            refused(",\"temperature\":\"hot\""),
            refused(",\"topK\":-1"),
            refused(",\"topP\":0"),
            refused(",\"extra\":\"" + "x".repeat(5_000) + "\""),
            refused(",\"prompt\":\"" + "é".repeat(10_001) + "\""),
            dead(",\"topP\":NaN"),
            dead(",\"topK\":" + "9".repeat(5_000)),
            dead(",\"extra\":" + "[".repeat(10_000) + "]".repeat(10_000)),
            dead(",\"extra\":" + "{\"a\":".repeat(5_000)),
            dead(",\"prompt\":\"a\",\"prompt\":\"b\""),
            dead(",\"prompt\":\"\u0001\""),
            dead(",\"\\ud800\":1,\"\\ud800\":2"),
            dead(",\"" + "n".repeat(2_000) + "\":1"),
            dead("} {"),
            dead(","));

    private final Random random;
    private final List<Fate> fates = new ArrayList<>();
    private final BitSet dead = new BitSet();
    private int number;

    HostilePrompts(long seed) {
        random = new Random(seed);
    }

    /** Offsets of those that are dead letters. */
    BitSet dead() {
        return dead;
    }

    /** What must become of each, in their order. */
    List<Fate> fates() {
        return fates;
    }

    /** The place in {@link #fates} of the prompt with this id. */
    static int number(String id) {
        return Integer.parseInt(id.substring(0, id.indexOf(' ')));
    }

    Raw next() {
        String id = number + " 🦜\u0007" + "i".repeat(random.nextInt(10));
        if (random.nextInt(10) == 0) {
            return unreadable(id);
        }
        // The good ones are most of them, so that the bad ones are not all that there is to write.
        Kind kind = KINDS.get(random.nextInt(random.nextBoolean() ? 5 : KINDS.size()));
        String fields = kind.fields().apply(HostileRecords.character(random).replaceAll("[\"\\\\\\p{Cntrl}]", "ü"));
        String length = random.nextInt(100) == 0 ? ",\"length\":300" : ",\"length\":3";
        boolean keyed = random.nextBoolean();
        String json = "{\"id\":" + quoted(id) + length + fields + "}";
        return sent(kind.fate(), keyed ? id.getBytes(UTF_8) : null, json.getBytes(UTF_8));
    }

    /** Nobody can be told. */
    private Raw unreadable(String id) {
        byte[] key = random.nextBoolean() ? id.getBytes(UTF_8) : null;
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        return switch (random.nextInt(10)) {
            case 0 -> sent(Fate.DEAD, null, null);
            case 1 -> sent(Fate.DEAD, key, new byte[0]);
            case 2 -> sent(Fate.DEAD, key, ("\u0000" + new String(noise, UTF_8)).getBytes(UTF_8));
            case 3 -> sent(Fate.DEAD, key, new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'});
            case 4 -> sent(Fate.DEAD, null, "{\"prompt\":\"nobody\"}".getBytes(UTF_8));
            case 5 -> sent(Fate.DEAD, key, "{\"id\":null}".getBytes(UTF_8));
            case 6 -> sent(Fate.DEAD, key, ("{\"id\":\"" + "i".repeat(201) + "\"}").getBytes(UTF_8));
            case 7 -> sent(Fate.DEAD, key, "{\"id\":\"\\udc00\"}".getBytes(UTF_8));
            case 8 -> sent(Fate.DEAD, noise, "[\"id\"]".getBytes(UTF_8));
            // The key is the id where the record has none; another key is refused under the record's id.
            default ->
                random.nextBoolean()
                        ? sent(Fate.ANSWERED, id.getBytes(UTF_8), "{\"length\":1}".getBytes(UTF_8))
                        : sent(Fate.REFUSED, new byte[] {(byte) 0xC3}, ("{\"id\":" + quoted(id) + "}").getBytes(UTF_8));
        };
    }

    private Raw sent(Fate fate, byte[] key, byte[] value) {
        fates.add(fate);
        if (fate == Fate.DEAD) {
            dead.set(number);
        }
        number++;
        return new Raw(key, value);
    }

    private static String quoted(String text) {
        return text.chars()
                .mapToObj(c -> c < ' ' || c > '~' ? String.format("\\u%04x", c) : Character.toString(c))
                .collect(Collectors.joining("", "\"", "\""));
    }

    private static Kind answered(String fields) {
        return new Kind(Fate.ANSWERED, any -> fields.replace(ANY, any));
    }

    private static Kind refused(String fields) {
        return new Kind(Fate.REFUSED, any -> fields.replace(ANY, any));
    }

    private static Kind dead(String fields) {
        return new Kind(Fate.DEAD, any -> fields.replace(ANY, any));
    }
}
