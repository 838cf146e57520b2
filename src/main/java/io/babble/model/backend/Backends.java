package io.babble.model.backend;

import io.babble.model.Backend;
import io.babble.model.BackendType;
import io.babble.model.NativeMemoryException;
import io.babble.model.Precision;
import io.babble.model.Shape;
import io.babble.model.Training;
import io.babble.model.Work;
import io.babble.model.backend.nd4j.Nd4jBackend;
import io.babble.model.backend.onednn.OneDnnBackend;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;

/** The backends by name. The one asked for is used, or creating it fails: there is no fallback. */
public final class Backends {
    /** Chooses the first of {@link #ALL}. */
    public static final String AUTO = "auto";

    /** Every backend, the fastest first. */
    public static final List<BackendType> ALL = List.of(OneDnnBackend.TYPE, Nd4jBackend.TYPE);

    private static final String JAVACPP_LIMIT = "org.bytedeco.javacpp.maxphysicalbytes";

    private Backends() {}

    /**
     * Sets JavaCPP's limit of the memory of this process. Its default, four times the maximum heap, is too low for a
     * large model and a small heap, or above the limit of the container. Has no effect after the first backend was
     * created, nor if the JVM was started with a limit.
     *
     * @param bytes of the whole process, heap included; 0 for no limit
     */
    public static void limitProcess(long bytes) {
        if (System.getProperty(JAVACPP_LIMIT) == null) {
            System.setProperty(JAVACPP_LIMIT, Long.toString(bytes));
        }
    }

    /** Resident bytes of this process, heap included, which JavaCPP compares with {@link #limitProcess}. */
    public static long processBytes() {
        return Pointer.physicalBytes();
    }

    /** The valid names, {@value #AUTO} first. */
    public static List<String> names() {
        return Stream.concat(Stream.of(AUTO), ALL.stream().map(BackendType::name))
                .toList();
    }

    /**
     * The backend of that name; for {@value #AUTO} the first of {@link #ALL}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static BackendType named(String name) {
        return ALL.stream()
                .filter(type -> name.equals(AUTO) || name.equals(type.name()))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("There is no backend '" + name + "': choose one of " + names()));
    }

    /**
     * Creates a backend.
     *
     * @param name one of {@link #names()}
     * @throws IllegalArgumentException if there is no backend of that name
     * @throws NativeMemoryException if its work needs more memory than is allowed
     * @throws UnsupportedOperationException if it does not compute in this precision, or this machine does not, or its
     *     native libraries cannot be loaded
     */
    public static Backend create(String name, Shape shape, Training training, Work work, int threads) {
        BackendType type = named(name);
        if (!type.precisions().contains(work.precision())) {
            throw new UnsupportedOperationException("The backend " + type.name() + " computes in "
                    + lowerCase(type.precisions()) + " only, not in " + lowerCase(Set.of(work.precision())));
        }
        limitProcess(0);
        try {
            return type.factory().create(shape, training, work, threads);
        } catch (LinkageError e) {
            throw new UnsupportedOperationException(
                    "The native libraries of backend '" + type.name()
                            + "' cannot be loaded. They need Linux x86-64 with"
                            + " glibc, and the jars whose names end in linux-x86_64.jar on the class path. Found "
                            + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", and "
                            + rootCause(e),
                    e);
        }
    }

    private static Throwable rootCause(Throwable error) {
        return error.getCause() == null ? error : rootCause(error.getCause());
    }

    private static String lowerCase(Set<Precision> precisions) {
        return precisions.stream()
                .map(precision -> precision.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
