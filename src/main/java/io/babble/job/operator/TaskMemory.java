package io.babble.job.operator;

import io.babble.job.options.Options;
import io.babble.job.options.Settings;
import io.babble.model.Backend;
import io.babble.model.ModelMismatchException;
import io.babble.model.NativeMemoryException;
import io.babble.model.backend.Backends;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** Babble's memory outside the heap in Flink's memory model: it is part of the tasks' off-heap memory. */
public final class TaskMemory {
    private TaskMemory() {}

    /**
     * Makes a backend, within the off-heap memory of the TaskManager, and what uses it. If that fails, the backend is
     * closed.
     *
     * @param taskManager the TaskManager's own configuration
     * @param user takes ownership of the backend
     * @throws SuppressRestartsException if a restart would fail, too: the memory is too small, this machine lacks the
     *     precision, native libraries cannot be loaded, or the model is another one
     */
    public static <T> T use(
            Settings settings, Configuration taskManager, Supplier<Backend> backend, Function<Backend, T> user) {
        Backends.limitProcess(taskManager
                .getOptional(TaskManagerOptions.TOTAL_PROCESS_MEMORY)
                .map(MemorySize::getBytes)
                .orElse(0L));
        Backend made = make(settings, taskManager, backend);
        try {
            return user.apply(made);
        } catch (ModelMismatchException e) {
            made.close();
            throw new SuppressRestartsException(e);
        } catch (RuntimeException | Error e) {
            made.close();
            throw e;
        }
    }

    private static Backend make(Settings settings, Configuration taskManager, Supplier<Backend> backend) {
        try {
            check(settings.get(Options.NATIVE_MEMORY), taskManager);
            return backend.get();
        } catch (NativeMemoryException e) {
            if (e.isLasting()) {
                throw new SuppressRestartsException(e);
            }
            throw e; // the task that failed before may not have freed all of its memory yet
        } catch (UnsupportedOperationException e) {
            throw new SuppressRestartsException(e);
        }
    }

    /** A TaskManager process always has this limit; a MiniCluster has none. */
    private static void check(MemorySize most, Configuration taskManager) {
        Optional<MemorySize> aside = taskManager.getOptional(TaskManagerOptions.TASK_OFF_HEAP_MEMORY);
        if (aside.isPresent() && aside.get().compareTo(most) < 0) {
            throw new NativeMemoryException(
                    Options.NATIVE_MEMORY.key() + " is " + most + ", but the TaskManager sets only " + aside.get()
                            + " aside for it: put \"" + TaskManagerOptions.TASK_OFF_HEAP_MEMORY.key() + ": " + most
                            + "\" into Flink's config.yaml, or lower " + Options.NATIVE_MEMORY.key(),
                    true);
        }
    }
}
