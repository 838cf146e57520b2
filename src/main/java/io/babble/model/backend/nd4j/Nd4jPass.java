package io.babble.model.backend.nd4j;

import io.babble.model.Shape;
import io.babble.text.Alphabet;
import io.babble.text.Window;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Forward and backward through one window, step by step, with the cell that {@link Shape} defines. Gates are in the order f, g, o.
 *
 * <p>One matrix product a step and layer: a window of 12 steps gives the bits of three windows of 4.
 */
final class Nd4jPass {
    private final Shape shape;
    private final Window window;
    private final INDArray[][] masks; // [layer][step] (N, H), none without dropout
    private final Nd4jTensors tensors;
    private final INDArray firstStates; // (N, L·2H)
    private final Step[][] taken; // [layer][step]
    private final INDArray[] softmaxInputs; // [step] (N, S)
    private final INDArray[] logits; // [step] (N, V)
    private final INDArray[] logProbabilities; // [step] (N, V)

    /**
     * One layer at one step, kept for the way back.
     *
     * @param read what the layer reads {@code (N, R)}
     * @param normalised what the gates read, each divided by its root mean square {@code (N, 3H)}
     * @param scales one over the root mean square of each gate {@code (N, 3)}
     * @param cBefore {@code (N, H)}, as all that follow
     */
    private record Step(
            INDArray read,
            INDArray normalised,
            INDArray scales,
            INDArray cBefore,
            INDArray f,
            INDArray g,
            INDArray o,
            INDArray c,
            INDArray h) {}

    /** Goes forward; {@code states} stay as they are until {@link #writeStates}. */
    Nd4jPass(Shape shape, INDArray weights, Window window, float[][] states, INDArray[][] masks) {
        this.shape = shape;
        this.window = window;
        this.masks = masks;
        tensors = new Nd4jTensors(shape, weights);
        firstStates = Nd4j.createFromArray(states).castTo(weights.dataType());
        taken = new Step[shape.layers()][window.steps()];
        softmaxInputs = new INDArray[window.steps()];
        logits = new INDArray[window.steps()];
        logProbabilities = new INDArray[window.steps()];
        for (int t = 0; t < window.steps(); t++) {
            forward(t);
        }
    }

    INDArray logits(int step) { // (N, V)
        return logits[step];
    }

    /** Sum of −ln p over the fresh targets that are end-of-text, or over those that are known text. */
    double nats(boolean endOfText) {
        double nats = 0;
        for (int t = 0; t < window.steps(); t++) {
            for (int lane = 0; lane < window.fresh(); lane++) {
                nats += (target(t, lane) == Alphabet.END_OF_TEXT) == endOfText ? nats(t, lane) : 0;
            }
        }
        return nats;
    }

    /** The mean loss over all targets as they weigh, which learning makes smaller. */
    double meanLoss() {
        double sum = 0;
        for (int t = 0; t < window.steps(); t++) {
            for (int lane = 0; lane < window.lanes(); lane++) {
                sum += window.weight(lane) * nats(t, lane);
            }
        }
        return sum / (window.lanes() * window.steps());
    }

    /** −ln p of a target; nothing where that is unknown. */
    private double nats(int t, int lane) {
        int target = target(t, lane);
        return Alphabet.isUnknown(target) ? 0 : -logProbabilities[t].getDouble(lane, target);
    }

    private int target(int t, int lane) {
        return window.targets()[t * window.lanes() + lane];
    }

    /** Overwrites the state of each lane with the one after the window. */
    void writeStates(float[][] states) {
        for (int layer = 0; layer < shape.layers(); layer++) {
            Step last = taken[layer][window.steps() - 1];
            for (int lane = 0; lane < states.length; lane++) {
                int at = 2 * layer * shape.hidden();
                System.arraycopy(last.h().getRow(lane).toFloatVector(), 0, states[lane], at, shape.hidden());
                at += shape.hidden();
                System.arraycopy(last.c().getRow(lane).toFloatVector(), 0, states[lane], at, shape.hidden());
            }
        }
    }

    /** The gradient {@code (P)} of {@link #meanLoss}. */
    INDArray gradient() {
        INDArray flat = Nd4j.zeros(firstStates.dataType(), shape.parameters());
        Nd4jTensors gradients = new Nd4jTensors(shape, flat);
        INDArray[] outputs = new INDArray[window.steps()]; // [step] (N, S)
        for (int t = 0; t < window.steps(); t++) {
            outputs[t] = softmaxBackward(t, gradients);
        }
        INDArray[] above = new INDArray[window.steps()]; // [step] (N, I) of the layer above
        for (int layer = shape.layers() - 1; layer >= 0; layer--) {
            layerBackward(layer, outputs, above, gradients);
        }
        return flat;
    }

    private void forward(int t) {
        int top = shape.layers() - 1;
        INDArray embedded = tensors.embedding().getRows(symbols(window.inputs(), t)); // (N, E)
        INDArray input = embedded;
        INDArray[] outputs = new INDArray[shape.layers()];
        for (int layer = 0; layer <= top; layer++) {
            INDArray h = t == 0 ? hidden(firstStates, 2 * layer) : taken[layer][t - 1].h();
            INDArray c = t == 0 ? hidden(firstStates, 2 * layer + 1) : taken[layer][t - 1].c();
            taken[layer][t] = step(layer, Nd4j.concat(1, h, input), c);
            outputs[layer] = masked(taken[layer][t].h(), layer, t);
            input = Nd4j.concat(1, outputs[layer], embedded);
        }
        softmaxInputs[t] = Nd4j.concat(1, outputs);
        logits[t] = softmaxInputs[t].mmul(tensors.softmaxWeight()).addiRowVector(tensors.softmaxBias());
        INDArray shifted = logits[t].subColumnVector(logits[t].max(true, 1));
        logProbabilities[t] =
                shifted.subColumnVector(Transforms.log(Transforms.exp(shifted).sum(true, 1)));
    }

    private Step step(int layer, INDArray read, INDArray c) {
        INDArray z = read.mmul(tensors.weight(layer)); // (N, 3H)
        INDArray scales = Nd4j.create(z.dataType(), window.lanes(), Shape.GATES);
        INDArray normalised = z.dup();
        for (int gate = 0; gate < Shape.GATES; gate++) {
            INDArray part = hidden(z, gate);
            INDArray scale = Transforms.pow(part.mul(part).mean(true, 1).addi(Shape.NORM_EPSILON), -0.5); // (N, 1)
            scales.putColumn(gate, scale);
            hidden(normalised, gate).muliColumnVector(scale);
        }
        INDArray gates = normalised.mulRowVector(tensors.gain(layer)).addiRowVector(tensors.bias(layer));
        INDArray f = Transforms.sigmoid(hidden(gates, 0));
        INDArray g = Transforms.tanh(hidden(gates, 1));
        INDArray o = Transforms.sigmoid(hidden(gates, 2));
        INDArray after = f.mul(c).addi(f.rsub(1).muli(g));
        return new Step(read, normalised, scales, c, f, g, o, after, o.mul(Transforms.tanh(after)));
    }

    /** Adds to the softmax's gradients and returns that of its input {@code (N, S)}: p − 1 at the target, p elsewhere, as much as the lane weighs; nothing where the target is unknown. */
    private INDArray softmaxBackward(int t, Nd4jTensors gradients) {
        INDArray difference = Transforms.exp(logProbabilities[t]); // (N, V)
        int[] targets = symbols(window.targets(), t);
        for (int lane = 0; lane < targets.length; lane++) {
            if (Alphabet.isUnknown(targets[lane])) {
                difference.getRow(lane).assign(0);
            } else {
                difference.putScalar(lane, targets[lane], difference.getDouble(lane, targets[lane]) - 1);
                difference.getRow(lane).muli(window.weight(lane));
            }
        }
        difference.divi(window.lanes() * window.steps());
        gradients.softmaxWeight().addi(softmaxInputs[t].transpose().mmul(difference));
        gradients.softmaxBias().addi(difference.sum(0));
        return difference.mmul(tensors.softmaxWeight().transpose());
    }

    /** On return {@code above} holds, for each step, the gradient of what this layer read of others. */
    private void layerBackward(int layer, INDArray[] outputs, INDArray[] above, Nd4jTensors gradients) {
        INDArray hLater = Nd4j.zeros(firstStates.dataType(), window.lanes(), shape.hidden()); // from the step after
        INDArray cLater = hLater.dup();
        for (int t = window.steps() - 1; t >= 0; t--) {
            INDArray output = hidden(outputs[t], layer);
            if (layer < shape.layers() - 1) {
                output = output.add(hidden(above[t], 0));
            }
            INDArray h = hLater.add(masked(output, layer, t));
            Step step = taken[layer][t];
            INDArray tanh = Transforms.tanh(step.c());
            INDArray c = h.mul(step.o()).muli(slopeOfTanh(tanh)).addi(cLater);
            INDArray gates = Nd4j.concat( // (N, 3H)
                    1,
                    c.mul(step.cBefore().sub(step.g())).muli(slopeOfSigmoid(step.f())),
                    c.mul(step.f().rsub(1)).muli(slopeOfTanh(step.g())),
                    h.mul(tanh).muli(slopeOfSigmoid(step.o())));
            gradients.gain(layer).addi(gates.mul(step.normalised()).sum(0));
            gradients.bias(layer).addi(gates.sum(0));
            INDArray z = normBackward(step, gates.muliRowVector(tensors.gain(layer)));
            gradients.weight(layer).addi(step.read().transpose().mmul(z));
            INDArray read = z.mmul(tensors.weight(layer).transpose()); // (N, R)
            hLater = hidden(read, 0);
            cLater = c.mul(step.f());
            above[t] = read.get(NDArrayIndex.all(), NDArrayIndex.interval(shape.hidden(), shape.readBy(layer)));
            addToEmbedding(layer, t, above[t], gradients.embedding());
        }
    }

    /** From the gradient of what is normalised {@code (N, 3H)} to that of z, gate by gate: s·(d − n·mean(d·n)). */
    private INDArray normBackward(Step step, INDArray gradient) {
        INDArray z = gradient.dup();
        for (int gate = 0; gate < Shape.GATES; gate++) {
            INDArray normalised = hidden(step.normalised(), gate);
            INDArray along = hidden(gradient, gate).mul(normalised).mean(true, 1); // (N, 1)
            hidden(z, gate)
                    .subi(normalised.mulColumnVector(along))
                    .muliColumnVector(step.scales().getColumn(gate, true));
        }
        return z;
    }

    private void addToEmbedding(int layer, int t, INDArray input, INDArray embedding) {
        int from = layer == 0 ? 0 : shape.hidden();
        int[] read = symbols(window.inputs(), t);
        for (int lane = 0; lane < read.length; lane++) {
            INDArray found = input.getRow(lane).get(NDArrayIndex.interval(from, from + shape.embedding()));
            embedding.getRow(read[lane]).addi(found);
        }
    }

    /** A layer's output at one step as others read it, or its gradient on the way back. */
    private INDArray masked(INDArray output, int layer, int t) {
        return masks.length == 0 ? output : output.mul(masks[layer][t]);
    }

    private int[] symbols(int[] all, int t) {
        return Arrays.copyOfRange(all, t * window.lanes(), (t + 1) * window.lanes());
    }

    /** Columns {@code [index · H, (index + 1) · H)}. */
    private INDArray hidden(INDArray matrix, int index) {
        long from = (long) index * shape.hidden();
        return matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + shape.hidden()));
    }

    private static INDArray slopeOfSigmoid(INDArray sigmoid) {
        return sigmoid.rsub(1).muli(sigmoid);
    }

    private static INDArray slopeOfTanh(INDArray tanh) {
        return tanh.mul(tanh).rsubi(1);
    }
}
