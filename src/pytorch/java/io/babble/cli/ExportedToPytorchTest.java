package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.Settings;
import io.babble.job.TestSettings;
import io.babble.model.Backend;
import io.babble.model.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.StringTensorDict;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PyTorch reads an exported model as the README's program does, and computes what we do. */
class ExportedToPytorchTest {
    private static final double TOLERANCE = 1e-5;
    private static final int[] SYMBOLS = {256, 'T', 'o', ' ', 'b', 'e', 0xC3, 0xA4, 256, 'x'};

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void itsLogitsAreOurs(String embeddingToEveryLayer, String everyLayerToSoftmax) throws IOException {
        Settings settings = TestSettings.small(
                "model.hidden",
                "128",
                "model.embedding",
                "64",
                "model.embedding-to-every-layer",
                embeddingToEveryLayer,
                "model.every-layer-to-softmax",
                everyLayerToSoftmax);
        Model model = settings.newModel();
        Path file = folder.resolve("m.safetensors");
        Safetensors.write(model, file);
        float[] expected = logits(new Exported(file, folder.resolve("m.json")));

        double largest = 0;
        try (Backend backend = settings.newBackend()) {
            backend.load(model.weights(), new float[0][]);
            float[][] state = new float[1][model.shape().stateLength()];
            float[][] logits = new float[1][model.shape().symbols()];
            for (int step = 0; step < SYMBOLS.length; step++) {
                backend.decode(new int[] {SYMBOLS[step]}, state, logits);
                for (int i = 0; i < logits[0].length; i++) {
                    double difference = Math.abs(logits[0][i] - expected[step * logits[0].length + i]);
                    largest = Math.max(largest, difference);
                }
            }
        }
        System.out.println("Largest difference of a logit: " + largest);
        assertThat(largest).isLessThan(TOLERANCE);
    }

    /** Of one text: {@code (T, 1, V)}. */
    private static float[] logits(Exported model) {
        long[] symbols = new long[SYMBOLS.length];
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = SYMBOLS[i];
        }
        Map<String, Tensor> out = new HashMap<>();
        Tensor text = Tensor.create(symbols, symbols.length, 1);
        out.put("embedding", torch.embedding(tensor(model, "embedding.weight"), text));
        model.layers().forEach((name, reads) -> {
            Tensor x = joined(out, reads);
            LSTMImpl lstm = new LSTMImpl(
                    new LSTMOptions(x.size(2), model.description().get("hidden").asLong()));
            StringTensorDict parameters = lstm.named_parameters();
            for (String parameter : List.of("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")) {
                parameters.get(parameter).detach().copy_(tensor(model, name + "." + parameter));
            }
            out.put(name, lstm.forward(x).get0());
        });
        Tensor logits = torch.linear(
                joined(out, model.softmax()), tensor(model, "softmax.weight"), tensor(model, "softmax.bias"));
        Tensor contiguous = logits.detach().contiguous();
        float[] values = new float[(int) contiguous.numel()];
        new FloatPointer(contiguous.data_ptr()).get(values);
        return values;
    }

    private static Tensor joined(Map<String, Tensor> out, List<String> names) {
        TensorVector parts = new TensorVector();
        names.forEach(name -> parts.push_back(out.get(name)));
        return torch.cat(parts, -1);
    }

    private static Tensor tensor(Exported model, String name) {
        Exported.Tensor tensor = model.tensor(name);
        return Tensor.create(tensor.values(), tensor.shape());
    }
}
