package io.babble.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.babble.model.Cell;
import io.babble.model.Model;
import io.babble.model.Shape;
import io.babble.text.Alphabet;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Exports the weights of a model for other programs: a file of <a
 * href="https://github.com/huggingface/safetensors">safetensors</a> with the tensors of {@link Shape#tensors()}, and a
 * JSON file with sizes, alphabet and counters next to it.
 */
public final class Safetensors {
    public static final String ENDING = ".safetensors";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ALIGNMENT = 8;
    private static final int FLOATS_A_WRITE = 1 << 14;

    private record Entry(
            String dtype,
            int[] shape,
            @JsonProperty("data_offsets") long[] offsets) {}

    private Safetensors() {}

    /**
     * Writes the two files; {@code file} ends in {@value #ENDING}.
     *
     * @throws UnusableFileException when something else than such a description is in the place of the JSON file
     */
    public static void write(Model model, Path file) throws IOException {
        refuseToOverwriteAnother(description(file));
        WholeFile.write(file, out -> writeTensors(model, out));
        WholeFile.write(
                description(file),
                out -> out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(describe(model))));
    }

    /** The JSON file next to {@code file}. */
    static Path description(Path file) {
        String name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.length() - ENDING.length()) + ".json");
    }

    /** Nobody has named this file. */
    private static void refuseToOverwriteAnother(Path description) throws IOException {
        if (Files.exists(description) && !isDescription(description)) {
            throw new UnusableFileException(
                    description + " is not the description of a model, which is written beside the weights:"
                            + " move it away, or choose another name with --to");
        }
    }

    private static boolean isDescription(Path file) throws IOException {
        try {
            return JSON.readTree(file.toFile()).has("symbolsLearned");
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static Map<String, Object> describe(Model model) {
        Shape shape = model.shape();
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("version", model.version());
        description.put("symbolsLearned", model.symbols());
        description.put(
                "bitsPerByte",
                Double.isNaN(model.loss().average()) ? null : model.loss().average());
        description.put("alphabet", model.alphabet().name());
        description.put("endOfText", Alphabet.END_OF_TEXT);
        int[] characters = model.alphabet().characters();
        description.put("characters", new String(characters, 0, characters.length));
        description.put("symbols", shape.symbols());
        description.put("embedding", shape.embedding());
        description.put("hidden", shape.hidden());
        description.put("layers", shape.layers());
        description.put("gates", shape.cell().gates());
        description.put("normEpsilon", Cell.NORM_EPSILON);
        return description;
    }

    private static void writeTensors(Model model, OutputStream out) throws IOException {
        byte[] header = header(model.shape());
        byte[] length = new byte[Long.BYTES];
        littleEndian(length).putLong(header.length);
        out.write(length);
        out.write(header);
        float[] weights = model.weights();
        for (int at = 0; at < weights.length; at += FLOATS_A_WRITE) {
            int count = Math.min(FLOATS_A_WRITE, weights.length - at);
            byte[] bytes = new byte[count * Float.BYTES];
            littleEndian(bytes).asFloatBuffer().put(weights, at, count);
            out.write(bytes);
        }
    }

    private static byte[] header(Shape shape) throws IOException {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (Shape.Tensor tensor : shape.tensors()) {
            int[] dimensions =
                    tensor.role().isVector() ? new int[] {tensor.rows()} : new int[] {tensor.rows(), tensor.columns()};
            long begin = (long) Float.BYTES * tensor.offset();
            long end = begin + (long) Float.BYTES * tensor.length();
            entries.put(tensor.name(), new Entry("F32", dimensions, new long[] {begin, end}));
        }
        String json = JSON.writeValueAsString(entries);
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        return (json + " ".repeat(Math.floorMod(-length, ALIGNMENT))).getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
