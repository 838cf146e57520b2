package io.babble.model;

/**
 * How a backend turns a gradient into a weight update.
 *
 * @param optimizer ND4J's updater of that name
 * @param beta1 decay of Adam's moving average of the gradient
 * @param beta2 decay of Adam's and RMSProp's moving average of the squared gradient
 * @param epsilon added to the root of the averaged squared gradient, or of AdaGrad's sum
 * @param clipping what {@code clipAt} is the largest value of
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

    /** The optimizers. */
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

        /** Identifies the optimizer in stored models; never changes. */
        public byte code() {
            return code;
        }

        /** Number of moment vectors {@code (P)} that it keeps. */
        public int moments() {
            return moments;
        }
    }

    /** What clipping bounds: the global L2 norm of the gradient, or each of its elements. */
    public enum Clipping {
        NORM,
        VALUE
    }

    /**
     * How a gradient is clipped: it is multiplied by {@code scale}, then each element is limited to ±{@code bound}.
     *
     * @param bound infinity if elements are not limited
     * @param clipped whether this changes the gradient
     */
    public record Clip(double scale, double bound, boolean clipped) {}

    /** Whether {@link #clip} needs the largest absolute value of the gradient. */
    public boolean clipsByValue() {
        return clipAt > 0 && clipping == Clipping.VALUE;
    }

    /**
     * How a gradient is to be clipped (by norm: Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent
     * neural networks", ICML 2013, algorithm 1).
     *
     * @param norm global L2 norm of the gradient of the mean loss
     * @param largest its largest absolute value; ignored unless {@link #clipsByValue()}
     */
    public Clip clip(double norm, double largest) {
        if (clipsByValue()) {
            return new Clip(1, clipAt, largest > clipAt);
        }
        boolean clipped = clipAt > 0 && norm > clipAt;
        return new Clip(clipped ? clipAt / norm : 1, Double.POSITIVE_INFINITY, clipped);
    }

    /**
     * Adam's step size with both bias corrections (Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015,
     * end of section 2): the factor of m / (√v + ε).
     *
     * @param update number of the update, from 1
     */
    public double adamRate(double learningRate, long update) {
        double mean = 1 - Math.pow(beta1, (double) update);
        double square = 1 - Math.pow(beta2, (double) update);
        return learningRate * Math.sqrt(square) / mean;
    }

    /** Whether a step may change the weights: only if its loss and the norm of its gradient are finite. */
    public static boolean mayUpdate(double nats, double gradientNorm) {
        return Double.isFinite(nats) && Double.isFinite(gradientNorm);
    }
}
