package io.babble.model;

/** A model that is well-formed, but not the one that a learner or a writer is set up for. */
public final class ModelMismatchException extends IllegalArgumentException {
    private ModelMismatchException(String message) {
        super(message);
    }

    /**
     * Refuses a model whose weights or symbols would mean something else than {@code shape} and {@code alphabet} say.
     */
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

    /** Refuses what another optimizer left; a model without the moments that its optimizer keeps fits each. */
    static void refuseOtherOptimizer(Training.Optimizer optimizer, Model model) {
        boolean complete = model.moments().length == model.optimizer().moments();
        if (complete && model.optimizer() != optimizer) {
            throw new ModelMismatchException(
                    "The model has another optimizer: expected " + optimizer + ", found " + model.optimizer());
        }
    }
}
