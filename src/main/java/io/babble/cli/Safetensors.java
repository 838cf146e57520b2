package io.babble.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.babble.model.Model;
import io.babble.model.Shape;
import io.babble.text.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's weights for other programs: a file of <a href="https://github.com/huggingface/safetensors">safetensors</a>, and beside
 * it a JSON file that says how they belong together.
 *
 * <p>Names and layouts are those of PyTorch, where each layer is an {@code LSTM} of its own: its weights are ours transposed, and
 * it has two biases, of which the second one is zero here.
 */
final class Safetensors {
    static final String ENDING = ".safetensors";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ALIGNMENT = 8;

    /** A tensor in the file; one that comes {@code from} nowhere is zero. */
    private record Tensor(String name, Shape.Tensor from, boolean transposed, int... shape) {
        long bytes() {
            return Arrays.stream(shape).asLongStream().reduce(Float.BYTES, Math::multiplyExact);
        }
    }

    private record Entry(
            String dtype,
            int[] shape,
            @JsonProperty("data_offsets") long[] offsets) {}

    private Safetensors() {}

    /** Writes the two files; {@code file} ends in {@value #ENDING}. */
    static void write(Model model, Path file) throws IOException {
        WholeFile.write(file, out -> writeTensors(model, out));
        WholeFile.write(
                description(file),
                out -> out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(describe(model))));
    }

    /** The JSON file beside it. */
    static Path description(Path file) {
        String name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.length() - ENDING.length()) + ".json");
    }

    private static Map<String, Object> describe(Model model) {
        Shape shape = model.shape();
        Map<String, List<String>> layers = new LinkedHashMap<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            List<String> reads = new ArrayList<>();
            if (layer > 0) {
                reads.add("layer" + (layer - 1));
            }
            if (layer == 0 || shape.embeddingToEveryLayer()) {
                reads.add("embedding");
            }
            layers.put("layer" + layer, reads);
        }
        List<String> names = List.copyOf(layers.keySet());
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("version", model.version());
        description.put("symbolsLearned", model.symbols());
        description.put("bitsPerByte", Double.isNaN(model.bitsPerByteAverage()) ? null : model.bitsPerByteAverage());
        description.put("alphabet", model.alphabet());
        description.put("endOfText", Bytes.END_OF_TEXT);
        description.put("symbols", shape.symbols());
        description.put("embedding", shape.embedding());
        description.put("hidden", shape.hidden());
        description.put("gates", List.of("i", "f", "g", "o"));
        description.put("layers", layers);
        description.put("softmax", shape.everyLayerToSoftmax() ? names : names.subList(names.size() - 1, names.size()));
        return description;
    }

    private static void writeTensors(Model model, OutputStream out) throws IOException {
        List<Tensor> tensors = new ArrayList<>();
        for (Shape.Tensor tensor : model.shape().tensors()) {
            tensors.addAll(forPytorch(tensor));
        }
        byte[] header = header(tensors);
        out.write(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array());
        out.write(header);
        for (Tensor tensor : tensors) {
            writeTensor(tensor, model.weights(), out);
        }
    }

    private static List<Tensor> forPytorch(Shape.Tensor ours) {
        String name = ours.name();
        if (name.equals("embedding")) {
            return List.of(new Tensor("embedding.weight", ours, false, ours.rows(), ours.columns()));
        }
        if (name.endsWith(".input")) {
            return List.of(transposed(name.replace(".input", ".weight_ih_l0"), ours));
        }
        if (name.endsWith(".recurrent")) {
            return List.of(transposed(name.replace(".recurrent", ".weight_hh_l0"), ours));
        }
        if (name.equals("softmax.weight")) {
            return List.of(transposed(name, ours));
        }
        if (name.equals("softmax.bias")) {
            return List.of(new Tensor(name, ours, false, ours.rows()));
        }
        return List.of(
                new Tensor(name.replace(".bias", ".bias_ih_l0"), ours, false, ours.rows()),
                new Tensor(name.replace(".bias", ".bias_hh_l0"), null, false, ours.rows()));
    }

    private static Tensor transposed(String name, Shape.Tensor ours) {
        return new Tensor(name, ours, true, ours.columns(), ours.rows());
    }

    private static byte[] header(List<Tensor> tensors) throws IOException {
        Map<String, Object> entries = new LinkedHashMap<>();
        long offset = 0;
        for (Tensor tensor : tensors) {
            long end = offset + tensor.bytes();
            entries.put(tensor.name(), new Entry("F32", tensor.shape(), new long[] {offset, end}));
            offset = end;
        }
        String json = JSON.writeValueAsString(entries);
        int length = json.getBytes(StandardCharsets.UTF_8).length;
        return (json + " ".repeat(Math.floorMod(-length, ALIGNMENT))).getBytes(StandardCharsets.UTF_8);
    }

    private static void writeTensor(Tensor tensor, float[] weights, OutputStream out) throws IOException {
        int rows = tensor.shape()[0];
        int columns = tensor.shape().length > 1 ? tensor.shape()[1] : 1;
        ByteBuffer row = ByteBuffer.allocate(columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int r = 0; r < rows; r++) {
            row.clear();
            for (int c = 0; c < columns; c++) {
                int at = tensor.transposed() ? c * rows + r : r * columns + c;
                row.putFloat(tensor.from() == null ? 0 : weights[tensor.from().offset() + at]);
            }
            out.write(row.array());
        }
    }
}
