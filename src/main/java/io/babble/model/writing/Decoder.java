package io.babble.model.writing;

import io.babble.model.Backend;
import io.babble.model.Model;
import io.babble.model.ModelMismatchException;
import io.babble.model.Shape;
import java.util.List;

/**
 * Writes texts as one batch, one symbol of each at a time. Belongs to one thread at a time; the texts belong to the
 * caller, who may add and drop texts and load new weights between two symbols.
 */
public final class Decoder implements AutoCloseable {
    private final Backend backend;
    private final Sampler sampler;
    private Model model;
    private float[][] logits = {};

    /**
     * A decoder for models of one shape and alphabet. It closes the backend.
     *
     * @param backend made for {@code shape}
     * @param alphabet its name
     * @param model of any version, with or without moments
     * @throws ModelMismatchException as {@link #load}
     */
    public Decoder(Backend backend, Shape shape, String alphabet, Model model) {
        this.backend = backend;
        sampler = new Sampler(shape.symbols());
        load(shape, alphabet, model);
    }

    /**
     * Loads new weights; texts in progress continue with them.
     *
     * @throws ModelMismatchException if the model has another shape or alphabet; the weights stay as they were
     */
    public void load(Model newer) {
        load(model.shape(), model.alphabet().name(), newer);
    }

    /** The model that it writes with. */
    public Model model() {
        return model;
    }

    /**
     * Advances every text that is not done by one symbol: of its prompt, then of what is sampled. A text does not
     * depend on others in the batch, except for how the backend rounds in batches of another size.
     */
    public void advance(List<Text> texts) {
        List<Text> batch = texts.stream().filter(text -> !text.isDone()).toList();
        if (batch.isEmpty()) {
            return;
        }
        int[] symbols = batch.stream().mapToInt(Text::symbol).toArray();
        float[][] states = batch.stream()
                .map(text -> text.state(model.shape().stateLength()))
                .toArray(float[][]::new);
        if (logits.length != batch.size()) {
            logits = new float[batch.size()][model.shape().symbols()];
        }
        backend.decode(symbols, states, logits);
        for (int lane = 0; lane < batch.size(); lane++) {
            batch.get(lane).goOn(model.alphabet(), logits[lane], sampler);
        }
    }

    @Override
    public void close() {
        backend.close();
    }

    private void load(Shape shape, String alphabet, Model newer) {
        ModelMismatchException.refuseOther(shape, alphabet, newer);
        backend.load(newer.weights(), new float[0][]);
        model = newer;
    }
}
