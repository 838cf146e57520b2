package io.babble.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Reads an exported model from its two files as another program does, without Babble's classes. */
final class Exported {
    private final JsonNode description;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** Values in row-major order. */
    record Tensor(long[] shape, float[] values) {}

    Exported(Path safetensors, Path json) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        description = mapper.readTree(json.toFile());
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(safetensors)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[Math.toIntExact(file.getLong())];
        file.get(header);
        ByteBuffer data = file.slice().order(ByteOrder.LITTLE_ENDIAN);
        mapper.readTree(new String(header, StandardCharsets.UTF_8)).properties().forEach(entry -> {
            JsonNode tensor = entry.getValue();
            if (!tensor.get("dtype").asText().equals("F32")) {
                throw new AssertionError(entry);
            }
            int begin = tensor.get("data_offsets").get(0).asInt();
            float[] values = new float[(tensor.get("data_offsets").get(1).asInt() - begin) / Float.BYTES];
            data.position(begin);
            data.asFloatBuffer().get(values);
            long[] shape = StreamSupport.stream(tensor.get("shape").spliterator(), false)
                    .mapToLong(JsonNode::asLong)
                    .toArray();
            tensors.put(entry.getKey(), new Tensor(shape, values));
        });
    }

    JsonNode description() {
        return description;
    }

    Tensor tensor(String name) {
        return tensors.get(name);
    }

    Map<String, Tensor> tensors() {
        return tensors;
    }
}
