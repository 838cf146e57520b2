package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.babble.job.Settings;
import io.babble.job.TestSettings;
import io.babble.model.Backend;
import io.babble.model.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An exported model computes what ours does, in a program that knows only the two files. */
class SafetensorsTest {
    private static final int[] SYMBOLS = {256, 'T', 'o', ' ', 'b', 'e', 0xC3, 0xA4, 256, 'x'};

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"1,true,true", "2,true,true", "3,false,true", "3,true,false", "2,false,false"})
    void itsLogitsAreThoseOfTheBackend(int layers, boolean embeddingToEveryLayer, boolean everyLayerToSoftmax)
            throws IOException {
        Settings settings = TestSettings.small(
                "model.layers",
                Integer.toString(layers),
                "model.embedding-to-every-layer",
                Boolean.toString(embeddingToEveryLayer),
                "model.every-layer-to-softmax",
                Boolean.toString(everyLayerToSoftmax));
        Model model = settings.newModel();
        Plain plain = new Plain(exported(model));

        try (Backend backend = settings.newBackend()) {
            backend.load(model.weights(), new float[0][]);
            float[][] state = new float[1][model.shape().stateLength()];
            float[][] logits = new float[1][model.shape().symbols()];
            for (int symbol : SYMBOLS) {
                backend.decode(new int[] {symbol}, state, logits);
                double[] expected = plain.read(symbol);
                for (int i = 0; i < expected.length; i++) {
                    assertThat((double) logits[0][i]).isCloseTo(expected[i], within(1e-5));
                }
            }
        }
    }

    @Test
    void theDescriptionSaysWhatTheModelIs() throws IOException {
        Exported exported = exported(TestSettings.small().newModel());

        assertThat(exported.description().toString())
                .isEqualTo("{\"version\":0,\"symbolsLearned\":0,\"bitsPerByte\":null,\"alphabet\":\"bytes\","
                        + "\"endOfText\":256,\"symbols\":257,\"embedding\":4,\"hidden\":8,"
                        + "\"gates\":[\"i\",\"f\",\"g\",\"o\"],"
                        + "\"layers\":{\"layer0\":[\"embedding\"],\"layer1\":[\"layer0\",\"embedding\"]},"
                        + "\"softmax\":[\"layer0\",\"layer1\"]}");
        assertThat(exported.tensor("layer1.weight_ih_l0").shape()).containsExactly(32, 12);
        assertThat(exported.tensor("layer1.bias_hh_l0").values()).hasSize(32).containsOnly(0);
    }

    /** What the format asks for: tensors without gaps from an aligned place to the file's end. */
    @Test
    void theFileIsWellFormed() throws IOException {
        Exported exported = exported(TestSettings.small().newModel());
        byte[] file = Files.readAllBytes(folder.resolve("m.safetensors"));
        long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long values = exported.tensors().values().stream()
                .mapToLong(tensor -> tensor.values().length)
                .sum();

        assertThat(header % 8).isZero();
        assertThat((char) file[8]).isEqualTo('{');
        assertThat(file).hasSize((int) (8 + header + 4 * values));
        assertThat(new String(file, 8, (int) header, StandardCharsets.UTF_8))
                .startsWith("{\"embedding.weight\":{\"dtype\":\"F32\",\"shape\":[257,4],\"data_offsets\":[0,4112]},");
    }

    private Exported exported(Model model) throws IOException {
        Path file = folder.resolve("m.safetensors");
        Safetensors.write(model, file);
        return new Exported(file, folder.resolve("m.json"));
    }

    /** An LSTM as in a textbook, in double. */
    private static final class Plain {
        private final Exported model;
        private final int hidden;
        private final Map<String, double[]> h = new HashMap<>();
        private final Map<String, double[]> c = new HashMap<>();

        Plain(Exported model) {
            this.model = model;
            hidden = model.description().get("hidden").asInt();
        }

        /** Reads one symbol; gives the logits of the next one. */
        double[] read(int symbol) {
            Map<String, double[]> outputs = new HashMap<>();
            double[] oneHot = new double[model.description().get("symbols").asInt()];
            oneHot[symbol] = 1;
            outputs.put("embedding", transposedTimes(model.tensor("embedding.weight"), oneHot));
            model.layers().forEach((layer, reads) -> outputs.put(layer, step(layer, joined(outputs, reads))));
            return sum(
                    times("softmax.weight", joined(outputs, model.softmax())),
                    model.tensor("softmax.bias").values());
        }

        private double[] step(String layer, double[] input) {
            double[] before = h.getOrDefault(layer, new double[hidden]);
            double[] cell = c.computeIfAbsent(layer, name -> new double[hidden]);
            double[] gates = times(layer + ".weight_ih_l0", input);
            double[] recurrent = times(layer + ".weight_hh_l0", before);
            double[] output = new double[hidden];
            for (int unit = 0; unit < hidden; unit++) {
                Map<String, Double> gate = new HashMap<>();
                for (int g = 0; g < 4; g++) {
                    int at = g * hidden + unit;
                    gate.put(
                            model.description().get("gates").get(g).asText(),
                            gates[at]
                                    + recurrent[at]
                                    + model.tensor(layer + ".bias_ih_l0").values()[at]
                                    + model.tensor(layer + ".bias_hh_l0").values()[at]);
                }
                cell[unit] = sigmoid(gate.get("f")) * cell[unit] + sigmoid(gate.get("i")) * Math.tanh(gate.get("g"));
                output[unit] = sigmoid(gate.get("o")) * Math.tanh(cell[unit]);
            }
            h.put(layer, output);
            return output;
        }

        private double[] times(String matrix, double[] vector) {
            Exported.Tensor tensor = model.tensor(matrix);
            int columns = (int) tensor.shape()[1];
            assertThat(vector).hasSize(columns);
            double[] product = new double[(int) tensor.shape()[0]];
            for (int at = 0; at < tensor.values().length; at++) {
                product[at / columns] += tensor.values()[at] * vector[at % columns];
            }
            return product;
        }

        private static double[] transposedTimes(Exported.Tensor tensor, double[] vector) {
            int columns = (int) tensor.shape()[1];
            double[] product = new double[columns];
            for (int at = 0; at < tensor.values().length; at++) {
                product[at % columns] += tensor.values()[at] * vector[at / columns];
            }
            return product;
        }

        private static double[] joined(Map<String, double[]> outputs, List<String> names) {
            return names.stream()
                    .map(outputs::get)
                    .flatMapToDouble(DoubleStream::of)
                    .toArray();
        }

        private static double[] sum(double[] values, float[] more) {
            double[] sum = values.clone();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += more[i];
            }
            return sum;
        }

        private static double sigmoid(double x) {
            return 1 / (1 + Math.exp(-x));
        }
    }
}
