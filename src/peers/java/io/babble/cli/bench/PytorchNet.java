package io.babble.cli.bench;

import io.babble.job.options.EngineFactory;
import io.babble.cli.Babble;
import io.babble.job.options.Settings;
import io.babble.model.Cell;
import io.babble.model.Model;
import io.babble.model.PytorchModel.Read;
import io.babble.model.PytorchModel.State;
import io.babble.model.PytorchModel;
import io.babble.model.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.LSTMImpl;
import org.bytedeco.pytorch.LSTMOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.T_TensorT_TensorTensor_T_T;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A network of PyTorch's.
 *
 * @param weights all that is learned
 * @param states before a text, zero
 * @param read from symbols {@code (T, N)} and states
 */
record PytorchNet(TensorVector weights, List<State> states, BiFunction<Tensor, List<State>, Read> read) {

    /** Babble's model, each operation one of PyTorch's. */
    static PytorchNet sameCell(Settings settings, int lanes) {
        Model model = new EngineFactory(settings).newModel();
        Shape shape = model.shape();
        TensorVector weights = new TensorVector();
        Map<String, Tensor> byName = new HashMap<>();
        for (Shape.Tensor place : shape.tensors()) {
            float[] values = Arrays.copyOfRange(model.weights(), place.offset(), place.offset() + place.length());
            Tensor weight = Tensor.create(
                    values, place.columns() == 1 ? new long[] {place.rows()} : new long[] {place.rows(), place.columns()});
            weight.set_requires_grad(true);
            weights.push_back(weight);
            byName.put(place.name(), weight);
        }
        List<State> states = new ArrayList<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            states.add(new State(torch.zeros(lanes, shape.hidden()), torch.zeros(lanes, shape.hidden())));
        }
        PytorchModel net = new PytorchModel(byName::get, shape.layers(), shape.hidden(), Cell.NORM_EPSILON);
        return new PytorchNet(weights, states, net::read);
    }

    /** An embedding, PyTorch's own LSTM, which is oneDNN's, and a softmax over what its last layer gives. */
    static PytorchNet nnLstm(Settings settings, int lanes) {
        Shape shape = settings.shape();
        EmbeddingImpl embedding = new EmbeddingImpl(shape.symbols(), shape.embedding());
        LSTMOptions options = new LSTMOptions(shape.embedding(), shape.hidden());
        options.num_layers().put(shape.layers());
        LSTMImpl lstm = new LSTMImpl(options);
        LinearImpl softmax = new LinearImpl(shape.hidden(), shape.symbols());
        TensorVector weights = new TensorVector();
        for (TensorVector each : List.of(embedding.parameters(), lstm.parameters(), softmax.parameters())) {
            for (Tensor weight : each.get()) {
                weights.push_back(weight);
            }
        }
        State zero = new State(
                torch.zeros(shape.layers(), lanes, shape.hidden()), torch.zeros(shape.layers(), lanes, shape.hidden()));
        return new PytorchNet(weights, List.of(zero), (symbols, states) -> {
            State before = states.get(0);
            T_TensorT_TensorTensor_T_T out =
                    lstm.forward(embedding.forward(symbols), new T_TensorTensor_T(before.h(), before.c()));
            T_TensorTensor_T after = out.get1();
            return new Read(softmax.forward(out.get0()), List.of(new State(after.get0(), after.get1())));
        });
    }
}
