package io.babble.model;

import org.nd4j.linalg.api.buffer.DataType;

/** The backends by name. The one asked for is the one that computes, or there is none. */
public final class Backends {
    private Backends() {}

    /**
     * A backend whose weights are all zero until it is loaded.
     *
     * @param name {@code auto} (the fastest that runs here), {@code onednn}, {@code nd4j} or {@code cuda}
     * @param threads that compute; 0 means one for each processor. {@code nd4j} leaves this to ND4J
     * @throws IllegalArgumentException if there is no backend of that name
     * @throws UnsupportedOperationException if there is one, but not in this build
     * @throws IllegalStateException if its native libraries cannot be loaded
     */
    public static Backend create(String name, Shape shape, Training training, int threads) {
        try {
            return switch (name) {
                case "auto", "onednn" -> new OneDnnBackend(shape, training, threads);
                case "nd4j" -> new Nd4jBackend(shape, training, DataType.FLOAT);
                case "cuda" ->
                    throw new UnsupportedOperationException(
                            "The cuda backend is not part of this build: choose auto, onednn or nd4j");
                default ->
                    throw new IllegalArgumentException(
                            "There is no backend '" + name + "': choose auto, onednn, nd4j or cuda");
            };
        } catch (LinkageError e) {
            throw new IllegalStateException("The native libraries of backend '" + name + "' cannot be loaded: " + e, e);
        }
    }
}
