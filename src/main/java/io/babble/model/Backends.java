package io.babble.model;

public final class Backends {
    private Backends() {}

    public static Backend create(String name, Shape shape, Training training, int threads) {
        return new Nd4jBackend(shape, training, org.nd4j.linalg.api.buffer.DataType.FLOAT);
    }
}
