package io.babble.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    @TempDir
    Path folder;

    @Test
    void theNewestIsTheLastThatIsComplete() throws IOException {
        Checkpoints checkpoints = new Checkpoints(folder);
        assertThat(checkpoints.newest()).isEmpty();

        complete(folder.resolve("checkpoints/job/chk-9"), 1);
        Path savepoint = complete(folder.resolve("savepoints/savepoint-a"), 2);
        Files.createDirectories(folder.resolve("checkpoints/job/chk-10"));
        Files.createDirectories(folder.resolve("checkpoints/job/shared"));
        Files.createFile(folder.resolve("savepoints/note"));
        Files.createFile(folder.resolve("checkpoints/note"));
        assertThat(checkpoints.newest()).contains(savepoint);

        Path newer = complete(folder.resolve("checkpoints/other/chk-1"), 3);
        assertThat(checkpoints.newest()).contains(newer);
    }

    /** A running job deletes each checkpoint once it has a newer one. */
    @Test
    void isFoundWhileAJobReplacesItsCheckpoints() throws Exception {
        Checkpoints checkpoints = new Checkpoints(folder);
        Path job = folder.resolve("checkpoints/job");
        complete(job.resolve("chk-0"), 0);
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> replacing = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 1; !stop.get(); i++) {
                    complete(job.resolve("chk-" + i), i);
                    FileUtils.deleteDirectory(job.resolve("chk-" + (i - 1)).toFile());
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        for (int i = 0; i < 2_000; i++) {
            assertThat(checkpoints.newest()).isPresent();
        }
        stop.set(true);
        replacing.get();
    }

    private static Path complete(Path snapshot, long seconds) throws IOException {
        Files.createDirectories(snapshot);
        Path metadata = Files.createFile(snapshot.resolve("_metadata"));
        Files.setLastModifiedTime(metadata, FileTime.fromMillis(1_000 * seconds));
        return snapshot;
    }
}
