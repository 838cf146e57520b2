package io.babble.records;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;

/** Validates against the JSON Schemas in the jar. */
final class Schemas {
    private Schemas() {}

    static JsonSchema of(String record) {
        try (InputStream schema = Schemas.class.getResourceAsStream(record + ".schema.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(schema);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Set<ValidationMessage> violations(String record, String json) {
        return of(record).validate(json, InputFormat.JSON);
    }
}
