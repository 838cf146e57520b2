package io.babble.model.backend.nd4j;

import io.babble.model.Cell;
import io.babble.model.LaneWeights;
import io.babble.model.Shape;
import io.babble.model.TensorRole;
import io.babble.text.Alphabet;
import io.babble.text.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Forward and backward pass through one window, step by step. What a layer computes between its matrix products is the
 * cell's.
 *
 * <p>One matrix product for each step and layer: a window of 12 steps gives the same bits as three windows of 4.
 */
final class Nd4jPass {
    private final Shape shape;
    private final Window window;
    private final INDArray[][] masks; // [layer][step] (N, H), none without dropout
    private final Nd4jTensors tensors;
    private final Nd4jNormalisedCell[] cells; // [layer]
    private final INDArray firstStates; // (N, length of a state)
    private final INDArray[][] read; // [layer][step] (N, R)
    private final Nd4jNormalisedCell.Step[][] taken; // [layer][step]
    private final INDArray[] softmaxInputs; // [step] (N, S)
    private final INDArray[] logits; // [step] (N, V)
    private final INDArray[] logProbabilities; // [step] (N, V)

    /** Runs the forward pass; {@code states} are unchanged until {@link #writeStates}. */
    Nd4jPass(Shape shape, INDArray weights, Window window, float[][] states, INDArray[][] masks) {
        this.shape = shape;
        this.window = window;
        this.masks = masks;
        tensors = new Nd4jTensors(shape, weights);
        cells = new Nd4jNormalisedCell[shape.layers()];
        Arrays.setAll(cells, layer -> new Nd4jNormalisedCell(shape, tensors, layer));
        firstStates = Nd4j.createFromArray(states).castTo(weights.dataType());
        read = new INDArray[shape.layers()][window.steps()];
        taken = new Nd4jNormalisedCell.Step[shape.layers()][window.steps()];
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

    /** The weighted mean loss over all targets: what training minimizes. */
    double meanLoss() {
        double sum = 0;
        for (int t = 0; t < window.steps(); t++) {
            for (int lane = 0; lane < window.lanes(); lane++) {
                sum += LaneWeights.weight(window, lane) * nats(t, lane);
            }
        }
        return sum / (window.lanes() * window.steps());
    }

    /** −ln p of a target; 0 where that is unknown. */
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
            INDArray[] last = taken[layer][window.steps() - 1].states();
            for (int vector = 0; vector < last.length; vector++) {
                int at = shape.stateOffset(layer, vector);
                for (int lane = 0; lane < states.length; lane++) {
                    System.arraycopy(last[vector].getRow(lane).toFloatVector(), 0, states[lane], at, shape.hidden());
                }
            }
        }
    }

    /** The gradient {@code (P)} of {@link #meanLoss}. */
    INDArray gradient() {
        INDArray flat = zeros(shape.parameters());
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
        INDArray embedded = tensors.get(TensorRole.EMBEDDING).getRows(symbols(window.inputs(), t)); // (N, E)
        INDArray below = null;
        List<INDArray> toSoftmax = new ArrayList<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            INDArray[] states = t == 0 ? firstStates(layer) : taken[layer][t - 1].states();
            read[layer][t] = read(layer, states[Cell.OUTPUT], below, embedded);
            INDArray z = read[layer][t].mmul(tensors.get(TensorRole.WEIGHT, layer)); // (N, G·H)
            taken[layer][t] = cells[layer].forward(z, states);
            below = masked(taken[layer][t].states()[Cell.OUTPUT], layer, t);
            if (shape.isReadBySoftmax(layer)) {
                toSoftmax.add(below);
            }
        }
        softmaxInputs[t] = Nd4j.concat(1, toSoftmax.toArray(INDArray[]::new));
        logits[t] = softmaxInputs[t]
                .mmul(tensors.get(TensorRole.SOFTMAX_WEIGHT))
                .addiRowVector(tensors.get(TensorRole.SOFTMAX_BIAS));
        INDArray shifted = logits[t].subColumnVector(logits[t].max(true, 1));
        logProbabilities[t] =
                shifted.subColumnVector(Transforms.log(Transforms.exp(shifted).sum(true, 1)));
    }

    /** All that a layer reads at one step {@code (N, R)}, in the order of {@link Shape#readBy}. */
    private INDArray read(int layer, INDArray previous, INDArray below, INDArray embedded) {
        List<INDArray> parts = new ArrayList<>();
        parts.add(previous);
        if (layer > 0) {
            parts.add(below);
        }
        if (shape.readsEmbedding(layer)) {
            parts.add(embedded);
        }
        return Nd4j.concat(1, parts.toArray(INDArray[]::new));
    }

    /** The state vectors of a layer before the window, each {@code (N, H)}. */
    private INDArray[] firstStates(int layer) {
        INDArray[] states = new INDArray[shape.stateVectors()];
        Arrays.setAll(states, vector -> hidden(firstStates, shape.stateOffset(layer, vector)));
        return states;
    }

    /**
     * Adds to the gradients of the softmax and returns that of its input {@code (N, S)}. The gradient of the logits is
     * p − 1 at the target and p elsewhere, times the weight of the lane; 0 where the target is unknown.
     */
    private INDArray softmaxBackward(int t, Nd4jTensors gradients) {
        INDArray difference = Transforms.exp(logProbabilities[t]); // (N, V)
        int[] targets = symbols(window.targets(), t);
        for (int lane = 0; lane < targets.length; lane++) {
            if (Alphabet.isUnknown(targets[lane])) {
                difference.getRow(lane).assign(0);
            } else {
                difference.putScalar(lane, targets[lane], difference.getDouble(lane, targets[lane]) - 1);
                difference.getRow(lane).muli(LaneWeights.weight(window, lane));
            }
        }
        difference.divi(window.lanes() * window.steps());
        gradients
                .get(TensorRole.SOFTMAX_WEIGHT)
                .addi(softmaxInputs[t].transpose().mmul(difference));
        gradients.get(TensorRole.SOFTMAX_BIAS).addi(difference.sum(0));
        return difference.mmul(tensors.get(TensorRole.SOFTMAX_WEIGHT).transpose());
    }

    /** On return {@code above} holds, for each step, the gradient of what this layer reads of others {@code (N, I)}. */
    private void layerBackward(int layer, INDArray[] outputs, INDArray[] above, Nd4jTensors gradients) {
        INDArray[] states = new INDArray[shape.stateVectors()]; // gradients after the step, then before it
        Arrays.setAll(states, vector -> zeros(window.lanes(), shape.hidden()));
        for (int t = window.steps() - 1; t >= 0; t--) {
            INDArray output = masked(outputGradient(layer, outputs[t], above[t]), layer, t);
            states[Cell.OUTPUT] = states[Cell.OUTPUT].add(output);
            INDArray z = cells[layer].backward(taken[layer][t], states, gradients, layer);
            gradients
                    .get(TensorRole.WEIGHT, layer)
                    .addi(read[layer][t].transpose().mmul(z));
            INDArray ofRead = z.mmul(tensors.get(TensorRole.WEIGHT, layer).transpose()); // (N, R)
            states[Cell.OUTPUT] = hidden(ofRead, 0);
            above[t] = ofRead.get(NDArrayIndex.all(), NDArrayIndex.interval(shape.hidden(), shape.readBy(layer)));
            if (shape.readsEmbedding(layer)) {
                addToEmbedding(layer, t, above[t], gradients.get(TensorRole.EMBEDDING));
            }
        }
    }

    /** The gradient of a layer's output as others read it {@code (N, H)}. */
    private INDArray outputGradient(int layer, INDArray softmaxInput, INDArray above) {
        boolean top = layer == shape.layers() - 1;
        if (!shape.isReadBySoftmax(layer)) {
            return hidden(above, 0);
        }
        INDArray ofSoftmax = hidden(softmaxInput, shape.softmaxColumn(layer));
        return top ? ofSoftmax : ofSoftmax.add(hidden(above, 0));
    }

    private void addToEmbedding(int layer, int t, INDArray input, INDArray embedding) {
        int from = shape.embeddingColumn(layer);
        int[] symbols = symbols(window.inputs(), t);
        for (int lane = 0; lane < symbols.length; lane++) {
            INDArray gradient = input.getRow(lane).get(NDArrayIndex.interval(from, from + shape.embedding()));
            embedding.getRow(symbols[lane]).addi(gradient);
        }
    }

    /** A layer's output at one step as others read it, or the gradient of that. */
    private INDArray masked(INDArray output, int layer, int t) {
        return masks.length == 0 ? output : output.mul(masks[layer][t]);
    }

    private int[] symbols(int[] all, int t) {
        return Arrays.copyOfRange(all, t * window.lanes(), (t + 1) * window.lanes());
    }

    private INDArray zeros(long... dimensions) {
        return Nd4j.zeros(firstStates.dataType(), dimensions);
    }

    /** H columns from {@code from} on. */
    private INDArray hidden(INDArray matrix, int from) {
        return matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + shape.hidden()));
    }
}
