package io.babble.job;

import io.babble.model.Backend;
import io.babble.model.Backends;
import io.babble.model.NativeMemoryException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** What Babble takes outside the heap, in Flink's memory model: it counts as the tasks' off-heap memory. */
public final class TaskMemory {
    private TaskMemory() {}

    /**
     * A backend that fits into what the TaskManager sets aside.
     *
     * @param taskManager the TaskManager's own configuration
     * @throws SuppressRestartsException if it does not fit: it would not fit the next time either
     */
    public static Backend backend(Settings settings, Configuration taskManager, Supplier<Backend> backend) {
        Backends.limitProcess(taskManager
                .getOptional(TaskManagerOptions.TOTAL_PROCESS_MEMORY)
                .map(MemorySize::getBytes)
                .orElse(0L));
        try {
            check(settings.get(Options.NATIVE_MEMORY), taskManager);
            return backend.get();
        } catch (NativeMemoryException e) {
            throw new SuppressRestartsException(e);
        }
    }

    /** A TaskManager that is a process of its own always knows; a cluster inside another process has no such limit. */
    private static void check(MemorySize most, Configuration taskManager) {
        Optional<MemorySize> aside = taskManager.getOptional(TaskManagerOptions.TASK_OFF_HEAP_MEMORY);
        if (aside.isPresent() && aside.get().compareTo(most) < 0) {
            throw new NativeMemoryException(Options.NATIVE_MEMORY.key() + " is " + most
                    + ", but the TaskManager sets only " + aside.get() + " aside for it: put \""
                    + TaskManagerOptions.TASK_OFF_HEAP_MEMORY.key() + ": " + most
                    + "\" into Flink's config.yaml, or lower "
                    + Options.NATIVE_MEMORY.key());
        }
    }
}
