package io.babble.model.backend.nd4j;

import io.babble.model.Shape;
import io.babble.model.TensorRole;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The tensors of {@link Shape#tensors()} as views of one flat vector {@code (P)}. */
final class Nd4jTensors {
    private final Shape shape;
    private final INDArray flat;

    Nd4jTensors(Shape shape, INDArray flat) {
        this.shape = shape;
        this.flat = flat;
    }

    /** A tensor that belongs to no layer. */
    INDArray get(TensorRole role) {
        return view(shape.tensor(role));
    }

    /** A tensor of layer {@code layer}. */
    INDArray get(TensorRole role, int layer) {
        return view(shape.tensor(role, layer));
    }

    private INDArray view(Shape.Tensor tensor) {
        INDArray part = flat.get(NDArrayIndex.interval(tensor.offset(), tensor.offset() + tensor.length()));
        return tensor.role().isVector() ? part : part.reshape('c', tensor.rows(), tensor.columns());
    }
}
