package io.babble.model.backend.nd4j;

import io.babble.model.Shape;
import io.babble.model.TensorRole;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The tensors of {@link Shape#tensors()} as views of one flat vector {@code (P)}. */
final class Nd4jTensors {
    private final Map<TensorRole, Map<Integer, INDArray>> views = new EnumMap<>(TensorRole.class);

    Nd4jTensors(Shape shape, INDArray flat) {
        for (Shape.Tensor tensor : shape.tensors()) {
            INDArray part = flat.get(NDArrayIndex.interval(tensor.offset(), tensor.offset() + tensor.length()));
            INDArray view = tensor.role().isVector() ? part : part.reshape('c', tensor.rows(), tensor.columns());
            views.computeIfAbsent(tensor.role(), role -> new HashMap<>()).put(tensor.layer(), view);
        }
    }

    /** A tensor that belongs to no layer. */
    INDArray get(TensorRole role) {
        return get(role, Shape.NO_LAYER);
    }

    /** A tensor of layer {@code layer}. */
    INDArray get(TensorRole role, int layer) {
        return views.get(role).get(layer);
    }
}
