package io.babble.records;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.babble.records.PromptReading.Accepted;
import io.babble.records.PromptReading.Cancelled;
import io.babble.records.PromptReading.Refused;
import io.babble.records.PromptReading.Unreadable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptReadingTest {
    @Test
    void missingFieldsHaveDefaults() {
        assertThat(read("{'id':'a','prompt':'To be'}")).isEqualTo(new Accepted(Prompt.of("a", "To be")));
    }

    @Test
    void readsEveryField() {
        assertThat(
                        read(
                                "{'id':'ä','prompt':'𝄞','length':7.0,'temperature':0,'topK':5,'topP':0.5,'seed':-3,'stop':'.'}"))
                .isEqualTo(new Accepted(new Prompt("ä", "𝄞", 7, 0, 5, 0.5, -3, ".", Origin.PROMPT)));
    }

    @Test
    void readsItsOwnJson() {
        Prompt prompt = new Prompt("a", "\u0000\n\"", 1, 0.25, 0, 1, Long.MIN_VALUE, null, Origin.PROMPT);
        assertThat(PromptReading.of(null, prompt.toJson())).isEqualTo(new Accepted(prompt));
    }

    @Test
    void theDefaultSeedDependsOnlyOnTheId() {
        assertThat(Prompt.of("a", "x").seed())
                .isEqualTo(Prompt.of("a", "y").seed())
                .isBetween(0L, 1L << 53)
                .isNotEqualTo(Prompt.of("b", "x").seed());
    }

    @Test
    void usesTheRecordKeyWhenTheJsonHasNoId() {
        assertThat(PromptReading.of(bytes("key"), bytes("{'prompt':'x'}")))
                .isEqualTo(new Accepted(Prompt.of("key", "x")));
        assertThat(PromptReading.of(bytes("a"), bytes("{'id':'a'}"))).isEqualTo(new Accepted(Prompt.of("a", "")));
        assertThat(PromptReading.of(new byte[0], bytes("{'id':'a'}"))).isEqualTo(new Accepted(Prompt.of("a", "")));
    }

    @Test
    void refusesAKeyThatDiffersFromTheId() {
        String error = "id must be the record's key, or the record must have no key";
        assertThat(PromptReading.of(bytes("b"), bytes("{'id':'a'}"))).isEqualTo(new Refused("a", error));
        assertThat(PromptReading.of(new byte[] {-1}, bytes("{'id':'a'}"))).isEqualTo(new Refused("a", error));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
            'length':0             | length must be 1 to 100000
            'length':100001        | length must be 1 to 100000
            'length':99999999999   | length must be 1 to 100000
            'length':1e30          | length must be an integer of 64 bits
            'length':1.5           | length must be an integer of 64 bits
            'length':'7'           | length must be an integer of 64 bits
            'length':null          | length must be an integer of 64 bits
            'temperature':-0.1     | temperature must be 0 to 10
            'temperature':1e999    | temperature must be 0 to 10
            'temperature':true     | temperature must be a number
            'topK':-1              | topK must be 0 to 1000000
            'topP':0               | topP must be above 0 and at most 1
            'topP':1.01            | topP must be above 0 and at most 1
            'seed':9223372036854775808 | seed must be an integer of 64 bits
            'seed':null            | seed must be an integer of 64 bits
            'stop':''              | stop must have 1 to 1000 characters
            'stop':7               | stop must be a string
            'prompt':[]            | prompt must be a string
            'prompt':null          | prompt must be a string
            'prompt':'\\ud800'     | prompt contains an unpaired surrogate
            'lenght':7             | unknown field "lenght"
            'origin':'periodic'    | unknown field "origin"
            'topK':-1,'topP':2     | topK must be 0 to 1000000; topP must be above 0 and at most 1
            """)
    void refusesInvalidFieldsWithTheReason(String fields, String reason) {
        String json = "{'id':'a'," + fields + "}";
        assertThat(read(json)).isEqualTo(new Refused("a", reason));
        assertThat(Schemas.violations("prompt", json.replace('\'', '"')))
                .as("the schema refuses it too")
                .matches(violations -> !violations.isEmpty() || reason.contains("surrogate"));
    }

    @Test
    void countsCodePointsNotUtf16Units() {
        assertThat(read("{'id':'a','prompt':'" + "𝄞".repeat(10_000) + "'}")).isInstanceOf(Accepted.class);
        assertThat(read("{'id':'a','prompt':'" + "x".repeat(10_001) + "'}"))
                .isEqualTo(new Refused("a", "prompt must have 0 to 10000 characters"));
        assertThat(read("{'id':'a','stop':'" + "x".repeat(1_001) + "'}"))
                .isEqualTo(new Refused("a", "stop must have 1 to 1000 characters"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "{'id':'a'",
                "{'id':'a'} {}",
                "{'id':'a','id':'b'}",
                "{'id':'a','topP':NaN}",
                "[]",
                "7",
                "null",
                "{}",
                "{'id':''}",
                "{'id':7}",
                "{'id':null}",
                "{'id':'\\udc00'}",
                "{'id':'a','prompt':[[[[[[[[[[]]]]]]]]]]}",
            })
    void jsonWithoutAValidIdIsUnreadable(String json) {
        assertThat(read(json)).isInstanceOfSatisfying(Unreadable.class, unreadable -> assertThat(unreadable.reason())
                .startsWith("A prompt must")
                .doesNotContain("\n"));
    }

    @Test
    void bytesThatAreNotUtf8AreUnreadable() {
        assertThat(PromptReading.of(null, null))
                .isEqualTo(new Unreadable("A prompt must have a value, or an id as its key to cancel it"));
        assertThat(PromptReading.of(bytes("a"), new byte[] {'"', -1, '"'}))
                .isEqualTo(new Unreadable("A prompt must be UTF-8"));
        assertThat(PromptReading.of(null, "{\"id\":\"a\"}".getBytes(UTF_16))).isInstanceOf(Unreadable.class);
        assertThat(read("{'id':'" + "x".repeat(201) + "'}")).isInstanceOf(Unreadable.class);
        assertThat(PromptReading.of(new byte[] {-1}, bytes("{}"))).isInstanceOf(Unreadable.class);
    }

    @Test
    void aRecordWithoutAValueCancelsTheTextUnderItsKey() {
        assertThat(PromptReading.of(bytes("ä"), null)).isEqualTo(new Cancelled("ä"));
        assertThat(PromptReading.of(new byte[0], null)).isInstanceOf(Unreadable.class);
        assertThat(PromptReading.of(new byte[] {-1}, null)).isInstanceOf(Unreadable.class);
        assertThat(PromptReading.of(bytes("x".repeat(201)), null)).isInstanceOf(Unreadable.class);
    }

    @Test
    void aLongListOfProblemsIsTruncated() {
        String many = ",'unknown field with quite a long name %d':1".repeat(100);
        Object[] numbers = new Object[100];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        assertThat(read("{'id':'a'" + String.format(many, numbers) + "}"))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.error()).hasSize(1_000));
    }

    private static PromptReading read(String json) {
        return PromptReading.of(null, bytes(json));
    }

    private static byte[] bytes(String json) {
        return json.replace('\'', '"').getBytes(UTF_8);
    }
}
