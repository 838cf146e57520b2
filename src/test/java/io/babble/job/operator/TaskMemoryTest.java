package io.babble.job.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.babble.JavaProcess;
import io.babble.job.TestSettings;
import io.babble.job.options.EngineFactory;
import io.babble.job.options.Settings;
import io.babble.model.Backend;
import io.babble.model.Model;
import io.babble.model.NativeMemoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertThatCode(() -> use(SETTINGS, new Configuration()).close()).doesNotThrowAnyException();
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

    @Test
    void aBackendThatIsNotToBeHadHereIsNotTriedAgain() {
        Supplier<Backend> unsupported = () -> {
            throw new UnsupportedOperationException("This machine cannot do that");
        };
        assertThatThrownBy(() ->
                        TaskMemory.use(TestSettings.small(), new Configuration(), unsupported, backend -> backend))
                .isInstanceOf(SuppressRestartsException.class)
                .rootCause()
                .hasMessageContaining("cannot do that");
    }

    @ParameterizedTest
    @ValueSource(strings = {"onednn", "nd4j"})
    void aMachineOnWhichTheNativeLibrariesDoNotLoadIsNotTriedAgain(String name, @TempDir Path folder) throws Exception {
        List<String> elsewhere = JavaProcess.quickToStart("-Dorg.bytedeco.javacpp.platform=another-machine");
        List<String> call = List.of(MakesBackend.class.getName(), name);
        try (JavaProcess process =
                JavaProcess.start(folder.resolve("process"), JavaProcess.classPath(), elsewhere, call)) {
            assertThat(process.exitCode()).isZero();
            assertThat(process.out())
                    .contains("SuppressRestartsException")
                    .contains("The native libraries of backend '" + name + "' cannot be loaded")
                    .contains("UnsatisfiedLinkError");
        }
    }

    /** A process that prints why it cannot make a backend. */
    static final class MakesBackend {
        private MakesBackend() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] name) {
            try {
                use(TestSettings.small("backend", name[0]), new Configuration()).close();
            } catch (SuppressRestartsException e) {
                System.out.println(e + " " + e.getCause());
            }
        }
    }

    @Test
    void whatOnlyHasToWaitForOthersIsTriedAgain() {
        Settings most = TestSettings.small("memory.native", "12 mb", "threads", "1");
        Backend first = backend(most, "1g");

        assertThatThrownBy(() -> backend(most, "1g"))
                .isInstanceOf(NativeMemoryException.class)
                .hasMessageContaining("others in this process");
        first.close();
        assertThatCode(() -> backend(most, "1g").close()).doesNotThrowAnyException();
    }

    @Test
    void whereTheModelDoesNotFitTheMemoryIsGivenBack() {
        Settings most = TestSettings.small("memory.native", "12 mb", "threads", "1");
        Configuration noLimit = new Configuration();
        Model other = new EngineFactory(TestSettings.small("model.hidden", "16")).newModel();

        assertThatThrownBy(() -> TaskMemory.use(
                        most, noLimit, new EngineFactory(most)::newBackend, backend -> new EngineFactory(most)
                                .newDecoder(backend, other)))
                .isInstanceOf(SuppressRestartsException.class);
        assertThatThrownBy(() -> TaskMemory.use(most, noLimit, new EngineFactory(most)::newBackend, backend -> {
                    throw new OutOfMemoryError("heap");
                }))
                .isInstanceOf(OutOfMemoryError.class);
        assertThatCode(() -> use(most, noLimit).close()).doesNotThrowAnyException();
    }

    private static Backend backend(Settings settings, String aside) {
        Configuration taskManager =
                new Configuration().set(TaskManagerOptions.TASK_OFF_HEAP_MEMORY, MemorySize.parse(aside));
        return use(settings, taskManager);
    }

    private static Backend use(Settings settings, Configuration taskManager) {
        return TaskMemory.use(settings, taskManager, new EngineFactory(settings)::newBackend, backend -> backend);
    }
}
