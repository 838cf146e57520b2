package io.babble.model.backend.nd4j;

import io.babble.model.Backend;
import io.babble.model.BackendType;
import io.babble.model.DropoutMask;
import io.babble.model.Lanes;
import io.babble.model.Precision;
import io.babble.model.Shape;
import io.babble.model.StepResult;
import io.babble.model.Training;
import io.babble.text.Window;
import java.util.EnumSet;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdaGradUpdater;
import org.nd4j.linalg.api.ops.impl.updaters.SgdUpdater;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The model in plain ND4J operations, in float or double, one small matrix product after another: written to be read,
 * and the reference that the fast backends are tested against. It runs wherever ND4J does, and it is slow.
 */
public final class Nd4jBackend implements Backend {
    /**
     * In float32. Memory is freed by the garbage collector, and ND4J chooses the threads: limits of both are ignored.
     */
    public static final BackendType TYPE = new BackendType(
            "nd4j",
            BackendType.Device.CPU,
            EnumSet.of(Precision.FLOAT32),
            (shape, training, work, threads) -> new Nd4jBackend(shape, training, DataType.FLOAT),
            Nd4jProductRate::gigaflops);

    private final Shape shape;
    private final Training training;
    private final DataType type;
    private final INDArray weights; // (P)
    private final INDArray[] moments; // each (P); Adam: mean gradient, mean squared gradient

    /** @param type {@link DataType#FLOAT} or {@link DataType#DOUBLE} */
    public Nd4jBackend(Shape shape, Training training, DataType type) {
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw new IllegalArgumentException("The nd4j backend computes in FLOAT or DOUBLE, not in " + type);
        }
        this.shape = shape;
        this.training = training;
        this.type = type;
        weights = Nd4j.zeros(type, shape.parameters());
        moments = new INDArray[training.optimizer().moments()];
        for (int i = 0; i < moments.length; i++) {
            moments[i] = Nd4j.zeros(type, shape.parameters());
        }
    }

    @Override
    public void load(float[] weights, float[][] moments) {
        requireOpen();
        Lanes.checkWeights(shape, training, weights, moments);
        this.weights.assign(Nd4j.createFromArray(weights));
        for (int i = 0; i < this.moments.length; i++) {
            if (moments.length == 0) {
                this.moments[i].assign(0);
            } else {
                this.moments[i].assign(Nd4j.createFromArray(moments[i]));
            }
        }
    }

    @Override
    public void copyTo(float[] weights, float[][] moments) {
        requireOpen();
        copy(this.weights, weights);
        for (int i = 0; i < moments.length; i++) {
            copy(this.moments[i], moments[i]);
        }
    }

    private static void copy(INDArray from, float[] to) {
        System.arraycopy(from.toFloatVector(), 0, to, 0, to.length);
    }

    @Override
    public StepResult train(Window window, float[][] states, double learningRate, long update, long dropoutSeed) {
        requireOpen();
        Lanes.check(shape, window, states);
        Nd4jPass pass = new Nd4jPass(shape, weights, window, states, masks(window, dropoutSeed));
        double textNats = pass.nats(false);
        double endOfTextNats = pass.nats(true);
        INDArray gradient = pass.gradient();
        double norm = gradient.norm2Number().doubleValue();
        if (!Training.mayUpdate(textNats + endOfTextNats, norm)) {
            return new StepResult(textNats, endOfTextNats, norm, false, true);
        }
        boolean clipped = clip(gradient, norm);
        weights.subi(change(gradient, learningRate, update));
        pass.writeStates(states);
        return new StepResult(textNats, endOfTextNats, norm, clipped, false);
    }

    @Override
    public StepResult measure(Window window, float[][] states) {
        requireOpen();
        Lanes.check(shape, window, states);
        Nd4jPass pass = new Nd4jPass(shape, weights, window, states, new INDArray[0][]);
        pass.writeStates(states);
        return new StepResult(pass.nats(false), pass.nats(true), 0, false, false);
    }

    @Override
    public void decode(int[] symbols, float[][] states, float[][] logits) {
        Window window = new Window(symbols.length, 1, symbols, new int[symbols.length]);
        requireOpen();
        Lanes.check(shape, window, states);
        Nd4jPass pass = new Nd4jPass(shape, weights, window, states, new INDArray[0][]);
        pass.writeStates(states);
        for (int lane = 0; lane < symbols.length; lane++) {
            System.arraycopy(pass.logits(0).getRow(lane).toFloatVector(), 0, logits[lane], 0, shape.symbols());
        }
    }

    /** The weighted mean loss over all targets, in nats, with dropout. */
    double meanLoss(Window window, float[][] states, long dropoutSeed) {
        return new Nd4jPass(shape, weights, window, states, masks(window, dropoutSeed)).meanLoss();
    }

    /** The gradient {@code (P)} of the mean loss, not clipped. */
    public double[] gradient(Window window, float[][] states, long dropoutSeed) {
        return new Nd4jPass(shape, weights, window, states, masks(window, dropoutSeed))
                .gradient()
                .toDoubleVector();
    }

    @Override
    public void close() {
        if (!weights.wasClosed()) {
            weights.close();
            for (INDArray moment : moments) {
                moment.close();
            }
        }
    }

    private void requireOpen() {
        if (weights.wasClosed()) {
            throw new IllegalStateException("This backend is closed");
        }
    }

    /** Clips the gradient in place; returns whether this changed it. */
    private boolean clip(INDArray gradient, double norm) {
        double largest = training.clipsByValue() ? gradient.amaxNumber().doubleValue() : 0;
        Training.Clip clip = training.clip(norm, largest);
        if (clip.scale() != 1) {
            gradient.muli(clip.scale());
        }
        if (Double.isFinite(clip.bound())) {
            Transforms.max(gradient, -clip.bound(), false);
            Transforms.min(gradient, clip.bound(), false);
        }
        return clip.clipped();
    }

    /** What the optimizer subtracts from the weights {@code (P)}; overwrites {@code gradient}. */
    private INDArray change(INDArray gradient, double learningRate, long update) {
        switch (training.optimizer()) {
            case ADAM -> {
                average(moments[0], gradient, training.beta1());
                average(moments[1], gradient.mul(gradient), training.beta2());
                gradient.assign(moments[0])
                        .muli(training.adamRate(learningRate, update))
                        .divi(root(moments[1]));
            }
            case RMSPROP -> {
                average(moments[0], gradient.mul(gradient), training.beta2());
                gradient.muli(learningRate).divi(root(moments[0]));
            }
            case ADAGRAD -> Nd4j.exec(new AdaGradUpdater(gradient, moments[0], learningRate, training.epsilon()));
            case SGD -> Nd4j.exec(new SgdUpdater(gradient, learningRate));
        }
        return gradient;
    }

    /** Not with ND4J's updaters: they compute 1 − β in float, which for 0.9999 is wrong by 2 in 10,000. */
    private static void average(INDArray moment, INDArray values, double beta) {
        moment.muli(beta).addi(values.mul(1 - beta));
    }

    private INDArray root(INDArray squares) {
        return Transforms.sqrt(squares, true).addi(training.epsilon());
    }

    /** For each layer and each step, the dropout mask of its output {@code (N, H)}; empty without dropout. */
    private INDArray[][] masks(Window window, long dropoutSeed) {
        if (training.dropout() == 0) {
            return new INDArray[0][];
        }
        INDArray[][] masks = new INDArray[shape.layers()][window.steps()];
        float[] mask = new float[window.steps() * window.lanes() * shape.hidden()];
        for (int layer = 0; layer < masks.length; layer++) {
            DropoutMask.fill(mask, dropoutSeed, layer, training.dropout());
            INDArray all = Nd4j.createFromArray(mask)
                    .castTo(type)
                    .reshape(window.steps(), (long) window.lanes() * shape.hidden());
            for (int t = 0; t < window.steps(); t++) {
                masks[layer][t] = all.getRow(t).reshape(window.lanes(), shape.hidden());
            }
        }
        return masks;
    }
}
