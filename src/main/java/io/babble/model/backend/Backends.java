package io.babble.model.backend;

import io.babble.model.Backend;
import io.babble.model.NativeMemoryException;
import io.babble.model.Precision;
import io.babble.model.Shape;
import io.babble.model.Training;
import io.babble.model.Work;
import io.babble.model.backend.nd4j.Nd4jBackend;
import io.babble.model.backend.onednn.OneDnnBackend;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;

/** The backends by name. The one asked for is the one that computes, or there is none. */
public final class Backends {
    private static final String JAVACPP_LIMIT = "org.bytedeco.javacpp.maxphysicalbytes";

    private Backends() {}

    /**
     * Says how much memory this process may have. JavaCPP knows no better than four times the limit of the heap, and fails
     * where a large model stands beside a small heap, or does not fail before a container does. It listens until the first
     * backend is made; whoever starts the JVM with a limit of theirs is right.
     *
     * @param bytes all together, heap included; 0 for no limit
     */
    public static void limitProcess(long bytes) {
        if (System.getProperty(JAVACPP_LIMIT) == null) {
            System.setProperty(JAVACPP_LIMIT, Long.toString(bytes));
        }
    }

    /** Bytes that this process has, heap included, as JavaCPP counts them against {@link #limitProcess}. */
    public static long processBytes() {
        return Pointer.physicalBytes();
    }

    /**
     * A backend whose weights are all zero until it is loaded. That of {@code nd4j} leaves its memory to the garbage
     * collector and knows no limit.
     *
     * @param name {@code auto} (the fastest that runs here), {@code onednn}, {@code nd4j} or {@code cuda}
     * @param threads that compute; 0 means one for each processor. {@code nd4j} leaves this to ND4J
     * @throws IllegalArgumentException if there is no backend of that name
     * @throws NativeMemoryException if its work needs more memory than there may be
     * @throws UnsupportedOperationException if there is one, but not in this build, or not in this precision on this CPU
     * @throws IllegalStateException if its native libraries cannot be loaded
     */
    public static Backend create(String name, Shape shape, Training training, Work work, int threads) {
        limitProcess(0);
        try {
            return switch (name) {
                case "auto", "onednn" -> new OneDnnBackend(shape, training, work, threads);
                case "nd4j" -> nd4j(shape, training, work);
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

    private static Backend nd4j(Shape shape, Training training, Work work) {
        if (work.precision() != Precision.FLOAT32) {
            throw new UnsupportedOperationException("The nd4j backend computes in float32 only");
        }
        return new Nd4jBackend(shape, training, DataType.FLOAT);
    }
}
