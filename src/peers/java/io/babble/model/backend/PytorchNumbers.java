package io.babble.model.backend;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.babble.model.Cell;
import io.babble.model.PytorchModel;
import io.babble.model.Shape;
import io.babble.model.Trial;
import io.babble.text.Window;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Computes with PyTorch's operations, in double, what a small network of two layers gives: an oracle from outside, whose gradient
 * is PyTorch's own.
 */
final class PytorchNumbers {
    private static final int LANES = 3;
    private static final int STEPS = 5;

    private final Shape shape = new Shape(7, 3, 4, 2);
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
        PytorchModel model = new PytorchModel(this::tensor, shape.layers(), shape.hidden(), Cell.NORM_EPSILON);
        List<PytorchModel.State> before = new ArrayList<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            before.add(new PytorchModel.State(
                    state(states, shape.stateOffset(layer, 0)), state(states, shape.stateOffset(layer, 1))));
        }
        PytorchModel.Read read = model.read(PytorchModel.symbols(window.inputs(), STEPS, LANES), before);
        Tensor logits = read.logits().view((long) STEPS * LANES, shape.symbols());
        Tensor loss = torch.cross_entropy(logits, PytorchModel.symbols(window.targets(), (long) STEPS * LANES));
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
        numbers.put("h", values(stacked(read.states(), PytorchModel.State::h))); // (L, N, H)
        numbers.put("c", values(stacked(read.states(), PytorchModel.State::c)));
        numbers.put("gradient", values(flat.grad()));
        return numbers;
    }

    private Tensor tensor(String name) {
        Shape.Tensor place = shape.tensors().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        Tensor part = flat.narrow(0, place.offset(), place.length());
        return place.columns() == 1 ? part : part.view(place.rows(), place.columns());
    }

    /** The vector at {@code offset} of the state of every lane, {@code (N, H)}. */
    private Tensor state(float[][] states, int offset) {
        double[] values = new double[LANES * shape.hidden()];
        for (int i = 0; i < values.length; i++) {
            values[i] = states[i / shape.hidden()][offset + i % shape.hidden()];
        }
        return vector(values).view(LANES, shape.hidden());
    }

    private static Tensor stacked(List<PytorchModel.State> states, Function<PytorchModel.State, Tensor> part) {
        TensorVector all = new TensorVector();
        states.forEach(state -> all.push_back(part.apply(state)));
        return torch.stack(all);
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
