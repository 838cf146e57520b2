package io.babble.model.backend.nd4j;

import io.babble.model.Shape;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The tensors of {@link Shape#tensors()} as views of one flat vector {@code (P)}. */
final class Nd4jTensors {
    private final INDArray flat;
    private final List<Shape.Tensor> places;

    Nd4jTensors(Shape shape, INDArray flat) {
        this.flat = flat;
        places = shape.tensors();
    }

    INDArray embedding() { // (V, E)
        return at(0);
    }

    INDArray weight(int layer) { // (R, 3H)
        return at(1 + 3 * layer);
    }

    INDArray gain(int layer) { // (3H)
        return at(2 + 3 * layer);
    }

    INDArray bias(int layer) { // (3H)
        return at(3 + 3 * layer);
    }

    INDArray softmaxWeight() { // (S, V)
        return at(places.size() - 2);
    }

    INDArray softmaxBias() { // (V)
        return at(places.size() - 1);
    }

    private INDArray at(int index) {
        Shape.Tensor place = places.get(index);
        INDArray part = flat.get(NDArrayIndex.interval(place.offset(), place.offset() + place.length()));
        return place.columns() == 1 ? part : part.reshape('c', place.rows(), place.columns());
    }
}
