package io.babble.model.backend.nd4j;

import io.babble.model.Cell;
import io.babble.model.Shape;
import io.babble.model.TensorRole;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** {@link Cell#NORMALISED} for all lanes of one layer: one step from the product to the state, and back. */
final class Nd4jNormalisedCell {
    private static final int C = Cell.NORMALISED.states().indexOf("c");

    private final Shape shape;
    private final int gates;
    private final INDArray gain; // (3H)
    private final INDArray bias; // (3H)

    /**
     * One step, kept for the backward pass.
     *
     * @param normalised the product, each gate divided by its root mean square {@code (N, 3H)}
     * @param scales one over the root mean square of each gate {@code (N, 3)}
     * @param previousC {@code (N, H)}, as the gates
     * @param states h and c after the step, each {@code (N, H)}
     */
    record Step(
            INDArray normalised,
            INDArray scales,
            INDArray previousC,
            INDArray f,
            INDArray g,
            INDArray o,
            INDArray[] states) {}

    Nd4jNormalisedCell(Shape shape, Nd4jTensors tensors, int layer) {
        this.shape = shape;
        gates = shape.cell().gates().size();
        gain = tensors.get(TensorRole.GAIN, layer);
        bias = tensors.get(TensorRole.BIAS, layer);
    }

    /**
     * One step forward.
     *
     * @param z the product {@code (N, 3H)}
     * @param states h and c before the step, each {@code (N, H)}
     */
    Step forward(INDArray z, INDArray[] states) {
        INDArray scales = Nd4j.create(z.dataType(), z.rows(), gates);
        INDArray normalised = z.dup();
        for (int gate = 0; gate < gates; gate++) {
            INDArray part = gate(z, gate);
            INDArray scale = Transforms.pow(part.mul(part).mean(true, 1).addi(Cell.NORM_EPSILON), -0.5); // (N, 1)
            scales.putColumn(gate, scale);
            gate(normalised, gate).muliColumnVector(scale);
        }
        INDArray inputs = normalised.mulRowVector(gain).addiRowVector(bias);
        INDArray f = Transforms.sigmoid(gate(inputs, 0));
        INDArray g = Transforms.tanh(gate(inputs, 1));
        INDArray o = Transforms.sigmoid(gate(inputs, 2));
        INDArray c = f.mul(states[C]).addi(f.rsub(1).muli(g));
        INDArray h = o.mul(Transforms.tanh(c));
        return new Step(normalised, scales, states[C], f, g, o, new INDArray[] {h, c});
    }

    /**
     * One step backward; adds to the gradients of gain and bias.
     *
     * @param stateGradients of h and c after the step, each {@code (N, H)}; on return that of c is the one before the
     *     step. The previous h reaches the step through the product only
     * @param gradients of this layer's tensors
     * @return gradient of the product {@code (N, 3H)}
     */
    INDArray backward(Step step, INDArray[] stateGradients, Nd4jTensors gradients, int layer) {
        INDArray h = stateGradients[Cell.OUTPUT];
        INDArray tanh = Transforms.tanh(step.states()[C]);
        INDArray c = h.mul(step.o()).muli(slopeOfTanh(tanh)).addi(stateGradients[C]);
        INDArray inputs = Nd4j.concat( // (N, 3H)
                1,
                c.mul(step.previousC().sub(step.g())).muli(slopeOfSigmoid(step.f())),
                c.mul(step.f().rsub(1)).muli(slopeOfTanh(step.g())),
                h.mul(tanh).muli(slopeOfSigmoid(step.o())));
        gradients.get(TensorRole.GAIN, layer).addi(inputs.mul(step.normalised()).sum(0));
        gradients.get(TensorRole.BIAS, layer).addi(inputs.sum(0));
        stateGradients[C] = c.mul(step.f());
        return normBackward(step, inputs.muliRowVector(gain));
    }

    /** From the gradient of what is normalised {@code (N, 3H)} to that of z, gate by gate: s·(d − n·mean(d·n)). */
    private INDArray normBackward(Step step, INDArray gradient) {
        INDArray z = gradient.dup();
        for (int gate = 0; gate < gates; gate++) {
            INDArray normalised = gate(step.normalised(), gate);
            INDArray projection = gate(gradient, gate).mul(normalised).mean(true, 1); // (N, 1)
            gate(z, gate)
                    .subi(normalised.mulColumnVector(projection))
                    .muliColumnVector(step.scales().getColumn(gate, true));
        }
        return z;
    }

    /** The columns of one gate {@code (N, H)}. */
    private INDArray gate(INDArray matrix, int gate) {
        long from = (long) gate * shape.hidden();
        return matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + shape.hidden()));
    }

    private static INDArray slopeOfSigmoid(INDArray sigmoid) {
        return sigmoid.rsub(1).muli(sigmoid);
    }

    private static INDArray slopeOfTanh(INDArray tanh) {
        return tanh.mul(tanh).rsubi(1);
    }
}
