package io.babble.job.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.babble.ListeningSockets;
import io.babble.files.ModelFile;
import io.babble.job.TestSettings;
import io.babble.job.options.EngineFactory;
import io.babble.model.Model;
import io.babble.model.ModelCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NewSavepointIT {
    @TempDir
    Path folder;

    /** Flink's REST server would take jobs from anybody who reaches it. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void otherMachinesCannotConnectWhileASavepointIsWritten() throws Exception {
        Model model = new EngineFactory(TestSettings.small()).newModel();
        Path file = folder.resolve("m.babble");
        ModelFile.write(model, file);
        List<String> before = reachable();
        Set<String> during = new HashSet<>();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                NewSavepoint.ofModel(file, folder.resolve("savepoint"));
            } catch (SavepointException e) {
                throw new AssertionError(e);
            }
        });
        while (!writing.isDone()) {
            during.addAll(reachable());
        }
        writing.get();
        before.forEach(during::remove);

        assertThat(during).isEmpty();
        assertThat(ModelCodec.crc(Savepoint.in(folder.resolve("savepoint")).model()))
                .isEqualTo(ModelCodec.crc(model));
    }

    private static List<String> reachable() throws IOException {
        return ListeningSockets.reachableFromOutside(ProcessHandle.current().pid());
    }
}
