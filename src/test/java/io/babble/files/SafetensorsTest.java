package io.babble.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.babble.job.TestSettings;
import io.babble.job.options.EngineFactory;
import io.babble.job.options.Settings;
import io.babble.model.Backend;
import io.babble.model.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An exported model gives the backend's results in a program that knows only the two files. */
class SafetensorsTest {
    private static final int[] SYMBOLS = {256, 'T', 'o', ' ', 'b', 'e', 0xC3, 0xA4, 256, 'x'};

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0} layers, {1} embedding values")
    @CsvSource({"1, 4", "2, 4", "3, 4", "2, 1"})
    void logitsMatchTheBackend(String layers, String embedding) throws IOException {
        Settings settings = TestSettings.small("model.layers", layers, "model.embedding", embedding);
        Model model = new EngineFactory(settings).newModel();
        Plain plain = new Plain(exported(model));

        try (Backend backend = new EngineFactory(settings).newBackend()) {
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
    void theJsonFileDescribesTheModel() throws IOException {
        Exported exported = exported(new EngineFactory(TestSettings.small()).newModel());

        assertThat(exported.description().toString())
                .isEqualTo("{\"version\":0,\"symbolsLearned\":0,\"bitsPerByte\":null,\"alphabet\":\"bytes\","
                        + "\"endOfText\":256,\"characters\":\"\",\"symbols\":257,\"embedding\":4,\"hidden\":8,"
                        + "\"layers\":2,\"gates\":[\"f\",\"g\",\"o\"],\"normEpsilon\":1.0E-5}");
        assertThat(exported.tensor("layer1.weight").shape()).containsExactly(20, 24);
        assertThat(exported.tensor("layer1.gain").shape()).containsExactly(24);
    }

    /** The format requires tensors without gaps from an aligned offset to the end of the file. */
    @Test
    void theFileIsWellFormed() throws IOException {
        Exported exported = exported(new EngineFactory(TestSettings.small()).newModel());
        byte[] file = Files.readAllBytes(folder.resolve("m.safetensors"));
        long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long values = exported.tensors().values().stream()
                .mapToLong(tensor -> tensor.values().length)
                .sum();

        assertThat(header % 8).isZero();
        assertThat((char) file[8]).isEqualTo('{');
        assertThat(file).hasSize((int) (8 + header + 4 * values));
        assertThat(new String(file, 8, (int) header, StandardCharsets.UTF_8))
                .startsWith("{\"embedding\":{\"dtype\":\"F32\",\"shape\":[257,4],\"data_offsets\":[0,4112]},");
    }

    private Exported exported(Model model) throws IOException {
        Path file = folder.resolve("m.safetensors");
        Safetensors.write(model, file);
        return new Exported(file, folder.resolve("m.json"));
    }

    /** The cell's formulas in double precision. */
    private static final class Plain {
        private final Exported model;
        private final int hidden;
        private final double[][] h;
        private final double[][] c;

        Plain(Exported model) {
            this.model = model;
            hidden = model.description().get("hidden").asInt();
            int layers = model.description().get("layers").asInt();
            h = new double[layers][hidden];
            c = new double[layers][hidden];
        }

        /** Reads one symbol and returns the logits of the next one. */
        double[] read(int symbol) {
            double[] oneHot = new double[model.description().get("symbols").asInt()];
            oneHot[symbol] = 1;
            double[] embedded = times(oneHot, "embedding");
            double[] below = {};
            double[] outputs = {};
            for (int layer = 0; layer < h.length; layer++) {
                step("layer" + layer, joined(h[layer], below, embedded), h[layer], c[layer]);
                below = h[layer];
                outputs = joined(outputs, h[layer]);
            }
            double[] logits = times(outputs, "softmax.weight");
            Arrays.setAll(logits, i -> logits[i] + values("softmax.bias")[i]);
            return logits;
        }

        private void step(String layer, double[] read, double[] h, double[] c) {
            double[] z = times(read, layer + ".weight");
            Map<String, double[]> gates = new HashMap<>();
            for (int gate = 0; gate < 3; gate++) {
                int at = gate * hidden;
                double[] own = Arrays.copyOfRange(z, at, at + hidden);
                double mean = DoubleStream.of(own).map(x -> x * x).average().orElseThrow();
                double root =
                        Math.sqrt(mean + model.description().get("normEpsilon").asDouble());
                Arrays.setAll(
                        own, i -> own[i] / root * values(layer + ".gain")[at + i] + values(layer + ".bias")[at + i]);
                gates.put(model.description().get("gates").get(gate).asText(), own);
            }
            for (int unit = 0; unit < hidden; unit++) {
                double f = sigmoid(gates.get("f")[unit]);
                c[unit] = f * c[unit] + (1 - f) * Math.tanh(gates.get("g")[unit]);
                h[unit] = sigmoid(gates.get("o")[unit]) * Math.tanh(c[unit]);
            }
        }

        private double[] times(double[] row, String matrix) {
            Exported.Tensor tensor = model.tensor(matrix);
            int columns = (int) tensor.shape()[1];
            assertThat(row).hasSize((int) tensor.shape()[0]);
            double[] product = new double[columns];
            for (int at = 0; at < tensor.values().length; at++) {
                product[at % columns] += tensor.values()[at] * row[at / columns];
            }
            return product;
        }

        private float[] values(String tensor) {
            return model.tensor(tensor).values();
        }

        private static double[] joined(double[]... parts) {
            return Stream.of(parts).flatMapToDouble(DoubleStream::of).toArray();
        }

        private static double sigmoid(double x) {
            return 1 / (1 + Math.exp(-x));
        }
    }
}
