package io.babble.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.babble.text.Window;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Computes with PyTorch, in double, what a small network of two layers gives: an oracle from outside. PyTorch's gates are in
 * the order i, f, g, o as ours are; its weights are ours transposed, {@code (4H, I)}, and it has two biases, of which one is
 * zero here. The transposing is part of what it differentiates, so that its gradient is that of our flat vector.
 */
final class PytorchNumbers {
    private static final int LANES = 3;
    private static final int STEPS = 5;

    private final Shape shape = new Shape(7, 3, 4, 2, false, false);
    private final Trial trial = new Trial(shape, 2026);
    private final float[] weights = trial.weights();
    private final Tensor flat = vector(doubles(weights)).set_requires_grad(true);

    private PytorchNumbers() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, Object> numbers = new PytorchNumbers().compute();
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(Path.of(arguments[0]).toFile(), numbers);
    }

    private Map<String, Object> compute() {
        float[][] states = trial.states(LANES);
        Window window = trial.window(LANES, STEPS);
        TensorVector layers = new TensorVector();
        for (int layer = 0; layer < shape.layers(); layer++) {
            layers.push_back(tensor("layer" + layer + ".input").t());
            layers.push_back(tensor("layer" + layer + ".recurrent").t());
            layers.push_back(tensor("layer" + layer + ".bias").view(4L * shape.hidden()));
            layers.push_back(vector(new double[4 * shape.hidden()]));
        }
        Tensor embedded = torch.embedding(tensor("embedding"), symbols(window.inputs()))
                .view(STEPS, LANES, shape.embedding());
        TensorVector before = new TensorVector(state(states, 0), state(states, 1));
        T_TensorTensorTensor_T read =
                torch.lstm(embedded, before, layers, true, shape.layers(), 0, true, false, false);
        Tensor logits = torch.linear(
                read.get0().reshape((long) STEPS * LANES, shape.hidden()),
                tensor("softmax.weight").t(),
                tensor("softmax.bias").view(shape.symbols()));
        Tensor loss = torch.cross_entropy(logits, symbols(window.targets()));
        loss.backward();

        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("lanes", LANES);
        numbers.put("steps", STEPS);
        numbers.put("inputs", window.inputs());
        numbers.put("targets", window.targets());
        numbers.put("weights", weights);
        numbers.put("states", states);
        numbers.put("loss", loss.item_double());
        numbers.put("logits", values(logits)); // (T, N, V)
        numbers.put("h", values(read.get1())); // (L, N, H)
        numbers.put("c", values(read.get2()));
        numbers.put("gradient", values(flat.grad()));
        return numbers;
    }

    private Tensor tensor(String name) {
        Shape.Tensor place = shape.tensors().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        return flat.narrow(0, place.offset(), place.length()).view(place.rows(), place.columns());
    }

    /** The h (0) or the c (1) of every layer, {@code (L, N, H)}. */
    private Tensor state(float[][] states, int which) {
        double[] values = new double[shape.layers() * LANES * shape.hidden()];
        int at = 0;
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (float[] state : states) {
                for (int unit = 0; unit < shape.hidden(); unit++) {
                    values[at++] = state[(2 * layer + which) * shape.hidden() + unit];
                }
            }
        }
        return vector(values).view(shape.layers(), LANES, shape.hidden());
    }

    private static Tensor symbols(int[] symbols) {
        long[] indices = new long[symbols.length];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = symbols[i];
        }
        return Tensor.create(indices, indices.length);
    }

    private static Tensor vector(double[] values) {
        return Tensor.create(values, values.length);
    }

    private static double[] doubles(float[] floats) {
        double[] doubles = new double[floats.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }

    private static double[] values(Tensor tensor) {
        Tensor contiguous = tensor.contiguous();
        double[] values = new double[(int) contiguous.numel()];
        new DoublePointer(contiguous.data_ptr()).get(values);
        return values;
    }
}
