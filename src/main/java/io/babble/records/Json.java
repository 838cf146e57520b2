package io.babble.records;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;

/** Reads and writes records as JSON. JSON has no NaN: numbers that are not finite are written as {@code null}. */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .addModule(new SimpleModule()
                    .addSerializer(double.class, new NonFiniteAsNull())
                    .addDeserializer(double.class, new NullAsNan()))
            .build();

    private Json() {}

    static byte[] write(Object record) {
        try {
            return MAPPER.writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write as JSON: " + record, e);
        }
    }

    /**
     * Reads a record that any version of Babble wrote. Unknown fields are ignored.
     *
     * @throws IllegalArgumentException when the bytes are not such a record
     */
    static <T> T read(byte[] json, Class<T> type) {
        T record;
        try {
            record = MAPPER.readValue(json, type);
        } catch (IOException e) {
            throw new IllegalArgumentException("Not a " + type.getSimpleName() + ": " + firstLine(e.getMessage()), e);
        }
        if (record == null) {
            throw new IllegalArgumentException("Not a " + type.getSimpleName() + ": null");
        }
        return record;
    }

    static String firstLine(String message) {
        return Characters.truncate(message.lines().findFirst().orElse(""), 200);
    }

    private static final class NonFiniteAsNull extends StdScalarSerializer<Double> {
        NonFiniteAsNull() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                json.writeNumber(value);
            } else {
                json.writeNull();
            }
        }
    }

    private static final class NullAsNan extends StdScalarDeserializer<Double> {
        NullAsNan() {
            super(double.class);
        }

        @Override
        public Double deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return json.getDoubleValue();
        }

        @Override
        public Double getNullValue(DeserializationContext context) {
            return Double.NaN;
        }
    }
}
