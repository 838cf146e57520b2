package io.babble.job.options;

import io.babble.model.Model;
import io.babble.model.Shape;
import io.babble.text.CodePoints;
import java.util.Map;
import java.util.TreeMap;

/** The options that a model was made with. */
public final class ModelOptions {
    private ModelOptions() {}

    /** The options that a job must be given to resume from this model, by key. */
    public static Map<String, String> of(Model model) {
        Shape shape = model.shape();
        Map<String, String> options = new TreeMap<>();
        options.put(Options.EMBEDDING.key(), String.valueOf(shape.embedding()));
        options.put(Options.HIDDEN.key(), String.valueOf(shape.hidden()));
        options.put(Options.LAYERS.key(), String.valueOf(shape.layers()));
        options.put(Options.ALPHABET.key(), model.alphabet().name());
        if (model.alphabet().name().equals(CodePoints.NAME)) {
            options.put(Options.ALPHABET_CAPACITY.key(), String.valueOf(shape.symbols()));
        }
        options.put(Options.OPTIMIZER.key(), model.optimizer().name());
        return options;
    }
}
