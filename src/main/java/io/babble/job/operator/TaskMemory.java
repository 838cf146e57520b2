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

/** What Babble takes outside the heap, in Flink's memory model: it counts as the tasks' off-heap memory. */
public final class TaskMemory {
    private TaskMemory() {}

    /**
     * Makes what computes with a backend that fits into what the TaskManager sets aside. Where that fails, the backend is closed.
     *
     * @param taskManager the TaskManager's own configuration
     * @param user takes the backend over
     * @throws SuppressRestartsException if it would fail the next time too: the memory is too small for it, this machine does not
     *     compute in its precision, or the model does not fit
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
            throw e; // what failed before this may not have given all of its memory back yet
        } catch (UnsupportedOperationException e) {
            throw new SuppressRestartsException(e);
        }
    }

    /** A TaskManager that is a process of its own always knows; a cluster inside another process has no such limit. */
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
