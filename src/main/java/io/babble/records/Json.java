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

/** Records as JSON: JSON has no NaN, so that an unknown number is {@code null} there. */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .addModule(new SimpleModule()
                    .addSerializer(double.class, new WriteFinite())
                    .addDeserializer(double.class, new ReadUnknown()))
            .build();

    private Json() {}

    static byte[] write(Object record) {
        try {
            return MAPPER.writeValueAsBytes(record);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A record that is no JSON: " + record, e);
        }
    }

    /**
     * A record as an earlier or later version of Babble wrote it: unknown fields are skipped.
     *
     * @throws IllegalArgumentException when the bytes are no such record
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
        return Characters.cut(message.lines().findFirst().orElse(""), 200);
    }

    private static final class WriteFinite extends StdScalarSerializer<Double> {
        WriteFinite() {
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

    private static final class ReadUnknown extends StdScalarDeserializer<Double> {
        ReadUnknown() {
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
