package io.babble.model;

/**
 * What the layers and the softmax read. In every wiring a layer reads its own previous output and the output of the
 * layer below.
 */
public enum Wiring {
    /**
     * Every layer reads the embedding, and the softmax reads every layer (Graves, "Generating Sequences With Recurrent
     * Neural Networks", 2013, section 2).
     */
    DENSE((byte) 1, "dense") {
        @Override
        boolean readsEmbedding(int layer) {
            return true;
        }

        @Override
        boolean isReadBySoftmax(int layer, int layers) {
            return true;
        }
    };

    private final byte code;
    private final String label;

    Wiring(byte code, String label) {
        this.code = code;
        this.label = label;
    }

    /** Identifies the wiring in stored bytes; never changes. */
    public byte code() {
        return code;
    }

    /** Whether layer {@code layer} reads the embedding. */
    abstract boolean readsEmbedding(int layer);

    /** Whether the softmax reads the output of layer {@code layer} of {@code layers}. */
    abstract boolean isReadBySoftmax(int layer, int layers);

    /** The name of the wiring, as in options and exported files. */
    @Override
    public String toString() {
        return label;
    }
}
