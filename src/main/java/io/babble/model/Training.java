package io.babble.model;

/**
 * How a backend turns a gradient into a weight change.
 *
 * @param optimizer ND4J's updater of that name
 * @param beta1 Adam's decay of the mean gradient
 * @param beta2 Adam's decay of the mean squared gradient; RMSProp's decay
 * @param epsilon added to the root of the mean squared gradient, or of AdaGrad's sum
 * @param clipping what {@code clipAt} bounds
 * @param clipAt largest global norm, or largest absolute value of each element; 0 turns clipping off
 * @param dropout probability with which an output of a layer is dropped before the layer above and the softmax read it
 */
public record Training(
        Optimizer optimizer,
        double beta1,
        double beta2,
        double epsilon,
        Clipping clipping,
        double clipAt,
        double dropout) {

    /** The optimizers, with the number of moment vectors that each keeps; the code stands in saved models. */
    public enum Optimizer {
        ADAM((byte) 1, 2),
        RMSPROP((byte) 2, 1),
        ADAGRAD((byte) 3, 1),
        SGD((byte) 4, 0);

        private final byte code;
        private final int moments;

        Optimizer(byte code, int moments) {
            this.code = code;
            this.moments = moments;
        }

        public byte code() {
            return code;
        }

        public int moments() {
            return moments;
        }
    }

    /** What is kept below {@code clipAt}. */
    public enum Clipping {
        NORM,
        VALUE
    }
}
