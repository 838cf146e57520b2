package io.babble.model;

import io.babble.text.Bytes;
import io.babble.text.Window;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Forward and backward through one window, step by step, as in Hochreiter and Schmidhuber's LSTM with forget gates (Gers,
 * Schmidhuber, Cummins, "Learning to Forget", Neural Computation 12, 2000). Gates are in the order i, f, g, o.
 *
 * <p>One matrix product a step and layer: a window of 12 steps gives the bits of three windows of 4.
 */
final class Nd4jPass {
    private final Shape shape;
    private final Window window;
    private final INDArray[][] masks; // [layer][step] (N, H), none without dropout
    private final Nd4jTensors tensors;
    private final INDArray firstStates; // (N, L·2H)
    private final Cell[][] cells; // [layer][step]
    private final INDArray[] softmaxInputs; // [step] (N, S)
    private final INDArray[] logits; // [step] (N, V)
    private final INDArray[] logProbabilities; // [step] (N, V)

    /** One layer at one step, kept for the way back: {@code input} is {@code (N, I)}, the others are {@code (N, H)}. */
    private record Cell(
            INDArray input,
            INDArray hBefore,
            INDArray cBefore,
            INDArray i,
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
        cells = new Cell[shape.layers()][window.steps()];
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

    /** Sum of −ln p over the targets that are end-of-text, or over those that are not. */
    double nats(boolean endOfText) {
        double nats = 0;
        for (int t = 0; t < window.steps(); t++) {
            for (int lane = 0; lane < window.lanes(); lane++) {
                int target = symbols(window.targets(), t)[lane];
                if ((target == Bytes.END_OF_TEXT) == endOfText) {
                    nats -= logProbabilities[t].getDouble(lane, target);
                }
            }
        }
        return nats;
    }

    /** Overwrites the state of each lane with the one after the window. */
    void writeStates(float[][] states) {
        for (int layer = 0; layer < shape.layers(); layer++) {
            Cell last = cells[layer][window.steps() - 1];
            for (int lane = 0; lane < states.length; lane++) {
                int at = 2 * layer * shape.hidden();
                System.arraycopy(last.h().getRow(lane).toFloatVector(), 0, states[lane], at, shape.hidden());
                at += shape.hidden();
                System.arraycopy(last.c().getRow(lane).toFloatVector(), 0, states[lane], at, shape.hidden());
            }
        }
    }

    /** The gradient {@code (P)} of the mean loss over all targets. */
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
            INDArray h = t == 0 ? hidden(firstStates, 2 * layer) : cells[layer][t - 1].h();
            INDArray c = t == 0 ? hidden(firstStates, 2 * layer + 1) : cells[layer][t - 1].c();
            cells[layer][t] = cell(layer, input, h, c);
            outputs[layer] = cells[layer][t].h();
            INDArray up = masks.length == 0 || layer == top ? outputs[layer] : outputs[layer].mul(masks[layer][t]);
            input = shape.embeddingToEveryLayer() ? Nd4j.concat(1, up, embedded) : up;
        }
        softmaxInputs[t] = shape.everyLayerToSoftmax() ? Nd4j.concat(1, outputs) : outputs[top];
        logits[t] = softmaxInputs[t].mmul(tensors.softmaxWeight()).addiRowVector(tensors.softmaxBias());
        INDArray shifted = logits[t].subColumnVector(logits[t].max(true, 1));
        logProbabilities[t] =
                shifted.subColumnVector(Transforms.log(Transforms.exp(shifted).sum(true, 1)));
    }

    /** c' = f·c + i·g, h' = o·tanh c'. */
    private Cell cell(int layer, INDArray input, INDArray h, INDArray c) {
        INDArray gates = input.mmul(tensors.input(layer)) // (N, 4H)
                .addi(h.mmul(tensors.recurrent(layer)))
                .addiRowVector(tensors.bias(layer));
        INDArray i = Transforms.sigmoid(hidden(gates, 0));
        INDArray f = Transforms.sigmoid(hidden(gates, 1));
        INDArray g = Transforms.tanh(hidden(gates, 2));
        INDArray o = Transforms.sigmoid(hidden(gates, 3));
        INDArray after = f.mul(c).addi(i.mul(g));
        return new Cell(input, h, c, i, f, g, o, after, o.mul(Transforms.tanh(after)));
    }

    /** Adds to the softmax's gradients and returns that of its input {@code (N, S)}: p − 1 at the target, p elsewhere. */
    private INDArray softmaxBackward(int t, Nd4jTensors gradients) {
        INDArray difference = Transforms.exp(logProbabilities[t]); // (N, V)
        int[] targets = symbols(window.targets(), t);
        for (int lane = 0; lane < targets.length; lane++) {
            difference.putScalar(lane, targets[lane], difference.getDouble(lane, targets[lane]) - 1);
        }
        difference.divi(window.lanes() * window.steps());
        gradients.softmaxWeight().addi(softmaxInputs[t].transpose().mmul(difference));
        gradients.softmaxBias().addi(difference.sum(0));
        return difference.mmul(tensors.softmaxWeight().transpose());
    }

    /** On return {@code above} holds, for each step, the gradient of what this layer read. */
    private void layerBackward(int layer, INDArray[] outputs, INDArray[] above, Nd4jTensors gradients) {
        int top = shape.layers() - 1;
        INDArray hLater = Nd4j.zeros(firstStates.dataType(), window.lanes(), shape.hidden()); // from the step after
        INDArray cLater = hLater.dup();
        for (int t = window.steps() - 1; t >= 0; t--) {
            INDArray h = hLater;
            if (layer < top) {
                INDArray up = hidden(above[t], 0);
                h = h.add(masks.length == 0 ? up : up.mul(masks[layer][t]));
            }
            if (layer == top || shape.everyLayerToSoftmax()) {
                h = h.add(hidden(outputs[t], shape.everyLayerToSoftmax() ? layer : 0));
            }
            Cell cell = cells[layer][t];
            INDArray tanh = Transforms.tanh(cell.c());
            INDArray c = h.mul(cell.o()).muli(slopeOfTanh(tanh)).addi(cLater);
            INDArray gates = Nd4j.concat( // (N, 4H)
                    1,
                    c.mul(cell.g()).muli(slopeOfSigmoid(cell.i())),
                    c.mul(cell.cBefore()).muli(slopeOfSigmoid(cell.f())),
                    c.mul(cell.i()).muli(slopeOfTanh(cell.g())),
                    h.mul(tanh).muli(slopeOfSigmoid(cell.o())));
            gradients.input(layer).addi(cell.input().transpose().mmul(gates));
            gradients.recurrent(layer).addi(cell.hBefore().transpose().mmul(gates));
            gradients.bias(layer).addi(gates.sum(0));
            above[t] = gates.mmul(tensors.input(layer).transpose());
            addToEmbedding(layer, t, above[t], gradients.embedding());
            hLater = gates.mmul(tensors.recurrent(layer).transpose());
            cLater = c.mul(cell.f());
        }
    }

    private void addToEmbedding(int layer, int t, INDArray input, INDArray embedding) {
        if (layer > 0 && !shape.embeddingToEveryLayer()) {
            return;
        }
        int from = layer == 0 ? 0 : shape.hidden();
        int[] read = symbols(window.inputs(), t);
        for (int lane = 0; lane < read.length; lane++) {
            INDArray found = input.getRow(lane).get(NDArrayIndex.interval(from, from + shape.embedding()));
            embedding.getRow(read[lane]).addi(found);
        }
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
