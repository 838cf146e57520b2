package io.babble.job;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.model.Backend;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

class TaskMemoryTest {
    private static final Settings SETTINGS = TestSettings.small("memory.native", "200 mb");

    @Test
    void aTaskManagerThatSetsTooLittleAsideIsRefusedWithTheLineToWrite() {
        assertThatThrownBy(() -> backend(SETTINGS, "100m").close())
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("babble.memory.native is 200 mb")
                .hasMessageContaining("only 100 mb")
                .hasMessageContaining("\"taskmanager.memory.task.off-heap.size: 200 mb\"");
    }

    @Test
    void oneThatSetsEnoughAsideOrKnowsNoLimitIsTaken() {
        assertThatCode(() -> backend(SETTINGS, "200m").close()).doesNotThrowAnyException();
        assertThatCode(() -> TaskMemory.backend(SETTINGS, new Configuration(), SETTINGS::newBackend)
                        .close())
                .doesNotThrowAnyException();
    }

    @Test
    void aLearnerThatDoesNotFitIsRefusedWithWhatToChange() {
        assertThatThrownBy(() -> backend(TestSettings.small("memory.native", "1 mb"), "1g"))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("The learner does not fit")
                .hasMessageContaining("1 MiB are allowed by babble.memory.native")
                .hasMessageContaining("babble.window.lanes");
    }

    private static Backend backend(Settings settings, String aside) {
        Configuration taskManager =
                new Configuration().set(TaskManagerOptions.TASK_OFF_HEAP_MEMORY, MemorySize.parse(aside));
        return TaskMemory.backend(settings, taskManager, settings::newBackend);
    }
}
