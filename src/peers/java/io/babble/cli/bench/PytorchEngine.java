package io.babble.cli.bench;

import io.babble.model.PytorchModel.Read;
import io.babble.model.PytorchModel.State;
import io.babble.model.PytorchModel;
import io.babble.text.Alphabet;
import io.babble.text.Bytes;
import io.babble.text.Window;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** PyTorch with as many threads. */
final class PytorchEngine implements Engine {
    private static final double CLIP = 1;
    private static final double TEMPERATURE = 0.8;

    private final int threads;
    private final Runnable step;

    private PytorchEngine(int threads, Runnable step) {
        this.threads = threads;
        this.step = step;
    }

    static PytorchEngine learning(PytorchNet net, EngineBench.Lanes windows, int threads) {
        Adam adam = new Adam(net.weights());
        return new PytorchEngine(threads, () -> learn(net, adam, windows.next()));
    }

    static PytorchEngine writing(PytorchNet net, int threads) {
        int[] symbol = {Alphabet.END_OF_TEXT};
        return new PytorchEngine(threads, () -> symbol[0] = write(net, symbol[0]));
    }

    private static void learn(PytorchNet net, Adam adam, Window window) {
        Tensor inputs = PytorchModel.symbols(window.inputs(), window.steps(), window.lanes());
        Tensor targets = PytorchModel.symbols(window.targets(), window.targets().length);
        Read read = net.read().apply(inputs, net.states());
        Tensor loss = torch.cross_entropy(read.logits().flatten(0, 1), targets);
        adam.zero_grad();
        loss.backward();
        torch.clip_grad_norm_(net.weights(), CLIP);
        adam.step();
        keep(read.states(), net.states());
    }

    private static int write(PytorchNet net, int symbol) {
        try (InferenceMode mode = new InferenceMode()) {
            Read read = net.read().apply(PytorchModel.symbols(new int[] {symbol}, 1, 1), net.states());
            keep(read.states(), net.states());
            Tensor logits = read.logits().flatten().div(new Scalar(TEMPERATURE));
            return (int) torch.multinomial(torch.softmax(logits, 0), 1).item_long();
        }
    }

    private static void keep(List<State> after, List<State> to) {
        for (int layer = 0; layer < to.size(); layer++) {
            to.get(layer).h().copy_(after.get(layer).h().detach());
            to.get(layer).c().copy_(after.get(layer).c().detach());
        }
    }

    @Override
    public void enter() {
        torch.set_num_threads(threads);
        openblas_nolapack.blas_set_num_threads(threads);
    }

    /** Frees all that it made, at once. */
    @Override
    public void step() {
        try (PointerScope scope = new PointerScope()) {
            step.run();
        }
    }
}
