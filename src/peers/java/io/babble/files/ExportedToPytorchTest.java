package io.babble.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.job.options.EngineFactory;
import io.babble.job.TestSettings;
import io.babble.job.options.Settings;
import io.babble.model.Backend;
import io.babble.model.Model;
import io.babble.model.PytorchModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PyTorch reads an exported model as the README's program does, and computes what we do. */
class ExportedToPytorchTest {
    private static final double TOLERANCE = 1e-5;
    private static final int[] SYMBOLS = {256, 'T', 'o', ' ', 'b', 'e', 0xC3, 0xA4, 256, 'x'};

    @TempDir
    Path folder;

    @Test
    void itsLogitsAreOurs() throws IOException {
        Settings settings = TestSettings.small("model.hidden", "128", "model.embedding", "64");
        Model model = new EngineFactory(settings).newModel();
        Path file = folder.resolve("m.safetensors");
        Safetensors.write(model, file);
        float[] expected = logits(new Exported(file, folder.resolve("m.json")));

        double largest = 0;
        try (Backend backend = new EngineFactory(settings).newBackend()) {
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
        int layers = model.description().get("layers").asInt();
        int hidden = model.description().get("hidden").asInt();
        List<PytorchModel.State> states = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            Tensor zero = Tensor.create(new float[hidden], 1, hidden);
            states.add(new PytorchModel.State(zero, zero));
        }
        Tensor logits = new PytorchModel(
                        name -> tensor(model, name),
                        layers,
                        hidden,
                        model.description().get("normEpsilon").asDouble())
                .read(PytorchModel.symbols(SYMBOLS, SYMBOLS.length, 1), states)
                .logits();
        Tensor contiguous = logits.detach().contiguous();
        float[] values = new float[(int) contiguous.numel()];
        new FloatPointer(contiguous.data_ptr()).get(values);
        return values;
    }

    private static Tensor tensor(Exported model, String name) {
        Exported.Tensor tensor = model.tensor(name);
        return Tensor.create(tensor.values(), tensor.shape());
    }
}
