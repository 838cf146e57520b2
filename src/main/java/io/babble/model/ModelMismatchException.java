package io.babble.model;

/** A well-formed model that does not match the configuration of a learner or a writer. */
public final class ModelMismatchException extends IllegalArgumentException {
    private ModelMismatchException(String message) {
        super(message);
    }

    /** Refuses a model of another shape or alphabet. */
    public static void refuseOther(Shape shape, String alphabet, Model model) {
        if (!model.alphabet().name().equals(alphabet)) {
            throw new ModelMismatchException("The model has another alphabet: expected " + alphabet + ", found "
                    + model.alphabet().name());
        }
        if (!model.shape().equals(shape)) {
            throw new ModelMismatchException(
                    "The model has another shape: expected " + shape + ", found " + model.shape());
        }
    }

    /** Refuses a model with the moments of another optimizer; one without moments is accepted. */
    static void refuseOtherOptimizer(Training.Optimizer optimizer, Model model) {
        boolean complete = model.moments().length == model.optimizer().moments();
        if (complete && model.optimizer() != optimizer) {
            throw new ModelMismatchException(
                    "The model has another optimizer: expected " + optimizer + ", found " + model.optimizer());
        }
    }
}
