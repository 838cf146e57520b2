package io.babble.records;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Parses the JSON of one prompt and collects all problems with it. */
final class PromptReader {
    private static final Set<String> FIELDS =
            Set.of("id", "prompt", "length", "temperature", "topK", "topP", "seed", "stop");
    private static final long EXACT_IN_A_DOUBLE = 1L << 53;
    private static final ObjectMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(8)
                            .maxNumberLength(100)
                            .maxNameLength(1_000)
                            .maxDocumentLength(2 << 20)
                            .maxStringLength(2 << 20)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JsonNode json;
    private final List<String> problems = new ArrayList<>();

    private PromptReader(JsonNode json) {
        this.json = json;
    }

    static PromptReading read(byte[] key, byte[] value) {
        if (value == null) {
            String id = keyText(key);
            return isId(id)
                    ? new PromptReading.Cancelled(id)
                    : new PromptReading.Unreadable("A prompt must have a value, or an id as its key to cancel it");
        }
        JsonNode json;
        try {
            json = STRICT.readTree(Characters.decode(value));
        } catch (CharacterCodingException e) {
            return new PromptReading.Unreadable("A prompt must be UTF-8");
        } catch (JacksonException e) {
            return new PromptReading.Unreadable("A prompt must be JSON: " + Json.firstLine(e.getOriginalMessage()));
        }
        if (!json.isObject()) {
            return new PromptReading.Unreadable("A prompt must be a JSON object");
        }
        return new PromptReader(json).read(keyText(key));
    }

    /** Null without a key; an empty string, which is never a valid id, when the key is not UTF-8. */
    private static String keyText(byte[] key) {
        if (key == null || key.length == 0) {
            return null;
        }
        try {
            return Characters.decode(key);
        } catch (CharacterCodingException e) {
            return "";
        }
    }

    private static boolean isId(String id) {
        return id != null && !id.isEmpty() && Characters.count(id) <= Prompt.MAX_ID && Characters.encodable(id);
    }

    private PromptReading read(String key) {
        String id = json.has("id") ? text("id", null) : key;
        if (!isId(id)) {
            return new PromptReading.Unreadable(
                    "A prompt must have an id, a string of 1 to " + Prompt.MAX_ID + " characters");
        }
        if (key != null && !key.equals(id)) {
            problems.add("id must be the record's key, or the record must have no key");
        }
        json.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                problems.add("unknown field \"" + Characters.truncate(name, 50) + "\"");
            }
        });
        Prompt prompt = prompt(id);
        return problems.isEmpty()
                ? new PromptReading.Accepted(Objects.requireNonNull(prompt))
                : new PromptReading.Refused(id, Characters.truncate(String.join("; ", problems), DeadLetter.MAX_ERROR));
    }

    /** Null when a field is out of range. */
    private Prompt prompt(String id) {
        JsonNode stop = json.path("stop");
        try {
            return new Prompt(
                    id,
                    text("prompt", ""),
                    (int) clamp(integer("length", Prompt.DEFAULT_LENGTH)),
                    number("temperature", Prompt.DEFAULT_TEMPERATURE),
                    (int) clamp(integer("topK", Prompt.DEFAULT_TOP_K)),
                    number("topP", Prompt.DEFAULT_TOP_P),
                    json.has("seed") ? integer("seed", 0) : Prompt.seedOf(id),
                    stop.isNull() ? null : text("stop", null),
                    Origin.PROMPT);
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
            return null;
        }
    }

    private String text(String name, String defaultValue) {
        JsonNode field = json.path(name);
        if (field.isTextual()) {
            return field.textValue();
        }
        refuseUnlessMissing(field, name + " must be a string");
        return defaultValue;
    }

    private double number(String name, double defaultValue) {
        JsonNode field = json.path(name);
        if (field.isNumber()) {
            return field.doubleValue();
        }
        refuseUnlessMissing(field, name + " must be a number");
        return defaultValue;
    }

    /** 400.0 is an integer too, as in JSON Schema. */
    private long integer(String name, long defaultValue) {
        JsonNode field = json.path(name);
        if (field.isIntegralNumber() && field.canConvertToLong()) {
            return field.longValue();
        }
        double value = field.doubleValue();
        if (field.isFloatingPointNumber() && value == Math.rint(value) && Math.abs(value) <= EXACT_IN_A_DOUBLE) {
            return (long) value;
        }
        refuseUnlessMissing(field, name + " must be an integer of 64 bits");
        return defaultValue;
    }

    private void refuseUnlessMissing(JsonNode field, String problem) {
        if (!field.isMissingNode()) {
            problems.add(problem);
        }
    }

    /** Clamps to the range of int. All limits are smaller, so invalid values stay invalid. */
    private static long clamp(long value) {
        return Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
    }
}
