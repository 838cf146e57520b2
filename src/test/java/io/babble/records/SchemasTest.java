package io.babble.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemasTest {
    private static final Sample SAMPLE = new Sample(
            "a", 0, 0, "or not", false, Origin.PERIODIC, "To be", 7, 2.5, 0.8, 1, "5f", null, 1_700_000_000_000L);
    private static final Report REPORT = Report.builder()
            .number(3)
            .step(7)
            .symbols(1_000)
            .bitsPerByte(2.5)
            .bitsPerByteAverage(2.6)
            .bitsPerCharacter(2.7)
            .gradientNorm(0.9)
            .clipped(1)
            .replayed(20)
            .drifts(1)
            .learningRate(3e-3)
            .lanes(2)
            .windowSteps(16)
            .streams(4)
            .accepted(1_100)
            .pending(99)
            .dead(1)
            .endOfTexts(5)
            .unknown(2)
            .stepMillis(1.5)
            .symbolsPerSecond(1e4)
            .lagMillis(12)
            .at(1_700_000_000_000L)
            .build();
    private static final Report FIRST_REPORT = Report.builder()
            .bitsPerByte(Double.NaN)
            .bitsPerByteAverage(Double.NaN)
            .bitsPerCharacter(Double.NaN)
            .gradientNorm(Double.POSITIVE_INFINITY)
            .stepMillis(Double.NaN)
            .symbolsPerSecond(Double.NaN)
            .lagMillis(Double.NaN)
            .build();

    @Test
    void writtenRecordsMatchTheirSchema() throws IOException {
        assertMatchesSchema("prompt", Prompt.of("a", "To be").toJson());
        assertMatchesSchema("prompt", new Prompt("a", "", 1, 0, 1, 1, -1, "end", Origin.PERIODIC).toJson());
        assertMatchesSchema("sample", SAMPLE.toJson());
        assertMatchesSchema("sample", Sample.refusal("a", "busy", 0, "5f", 1).toJson());
        assertMatchesSchema("report", REPORT.toJson());
        assertMatchesSchema("report", FIRST_REPORT.toJson());
    }

    @Test
    void numbersThatAreNotFiniteAreWrittenAsNull() {
        assertThat(new String(FIRST_REPORT.toJson(), UTF_8))
                .contains("\"bitsPerByte\":null", "\"gradientNorm\":null", "\"lagMillis\":null")
                .doesNotContain("NaN", "Infinity");
    }

    @Test
    void readsWrittenRecords() {
        assertThat(Sample.fromJson(SAMPLE.toJson())).isEqualTo(SAMPLE);
        Sample refusal = Sample.refusal("a", "busy", 0, "5f", 1);
        assertThat(Sample.fromJson(refusal.toJson())).isEqualTo(refusal);
        assertThat(Report.fromJson(REPORT.toJson())).isEqualTo(REPORT);
        assertThat(Report.fromJson(FIRST_REPORT.toJson()).lagMillis()).isNaN();
    }

    @Test
    void readsASampleOfAVersionWithoutAttempts() {
        String old = new String(SAMPLE.toJson(), UTF_8).replace("\"attempt\":\"5f\",", "");
        assertThat(old).doesNotContain("attempt");
        assertThat(Sample.fromJson(old.getBytes(UTF_8)))
                .usingRecursiveComparison()
                .ignoringFields("attempt")
                .isEqualTo(SAMPLE);
        assertThat(Sample.fromJson(old.getBytes(UTF_8)).attempt()).isNull();
    }

    @Test
    void ignoresFieldsOfLaterVersions() {
        String sample = new String(SAMPLE.toJson(), UTF_8).replaceFirst("\\{", "{\"later\":[1],");
        assertThat(Sample.fromJson(sample.getBytes(UTF_8))).isEqualTo(SAMPLE);
        assertThat(Schemas.violations("sample", sample)).isEmpty();
        String report = new String(REPORT.toJson(), UTF_8).replaceFirst("\\{", "{\"later\":[1],");
        assertThat(Report.fromJson(report.getBytes(UTF_8))).isEqualTo(REPORT);
        assertThat(Schemas.violations("report", report)).isEmpty();
    }

    @Test
    void refusesBytesThatAreNotASampleWithAOneLineMessage() {
        for (String json : List.of("", "null", "7", "{}", "{\"id\":", "{\"version\":\"x\"}")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Sample.fromJson(json.getBytes(UTF_8)))
                    .withMessageStartingWith("Not a Sample: ")
                    .withMessageNotContainingAny("\n");
        }
    }

    private static void assertMatchesSchema(String record, byte[] json) throws IOException {
        assertThat(Schemas.violations(record, new String(json, UTF_8))).isEmpty();
        JsonNode properties = Schemas.of(record).getSchemaNode().get("properties");
        assertThat(names(new ObjectMapper().readTree(json))).isEqualTo(names(properties));
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
