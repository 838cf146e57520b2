package io.babble.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Babble's model in PyTorch's operations, as the README's program has it. */
public final class PytorchModel {
    private static final int GATES = 3;

    private final Function<String, Tensor> weights;
    private final int layers;
    private final int hidden;
    private final double epsilon;

    /** A layer's h and c, each {@code (N, H)}. */
    public record State(Tensor h, Tensor c) {}

    /** Logits {@code (T, N, V)} and the states after the last step. */
    public record Read(Tensor logits, List<State> states) {}

    /** @param weights by the names of an exported model */
    public PytorchModel(Function<String, Tensor> weights, int layers, int hidden, double epsilon) {
        this.weights = weights;
        this.layers = layers;
        this.hidden = hidden;
        this.epsilon = epsilon;
    }

    public static Tensor symbols(int[] symbols, long... shape) {
        return Tensor.create(Arrays.stream(symbols).asLongStream().toArray(), shape);
    }

    /** Reads symbols {@code (T, N)}. */
    public Read read(Tensor symbols, List<State> before) {
        List<State> states = new ArrayList<>(before);
        Tensor embedded = torch.embedding(weights.apply("embedding"), symbols);
        TensorVector read = new TensorVector();
        for (long step = 0; step < symbols.size(0); step++) {
            Tensor x = embedded.select(0, step);
            TensorVector outputs = new TensorVector();
            for (int layer = 0; layer < layers; layer++) {
                TensorVector inputs = new TensorVector(states.get(layer).h());
                if (layer > 0) {
                    inputs.push_back(states.get(layer - 1).h());
                }
                inputs.push_back(x);
                states.set(layer, step("layer" + layer, torch.cat(inputs, -1), states.get(layer)));
                outputs.push_back(states.get(layer).h());
            }
            read.push_back(torch.cat(outputs, -1));
        }
        Tensor logits = torch.stack(read).matmul(weights.apply("softmax.weight")).add(weights.apply("softmax.bias"));
        return new Read(logits, states);
    }

    private State step(String layer, Tensor read, State before) {
        Tensor z = read.matmul(weights.apply(layer + ".weight")).view(read.size(0), GATES, hidden);
        Tensor mean = z.square().mean(new long[] {-1}, true, new ScalarTypeOptional());
        Tensor normalised = z.mul(mean.add(new Scalar(epsilon)).rsqrt()).view(read.size(0), (long) GATES * hidden);
        Tensor gates = normalised.mul(weights.apply(layer + ".gain")).add(weights.apply(layer + ".bias"));
        Tensor f = gate(gates, 0).sigmoid();
        Tensor g = gate(gates, 1).tanh();
        Tensor o = gate(gates, 2).sigmoid();
        Tensor c = f.mul(before.c()).add(g.sub(f.mul(g)));
        return new State(o.mul(c.tanh()), c);
    }

    private Tensor gate(Tensor gates, int index) {
        return gates.narrow(1, (long) index * hidden, hidden);
    }
}
