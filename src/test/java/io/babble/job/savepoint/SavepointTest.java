package io.babble.job.savepoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.state.api.OperatorIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavepointTest {
    @TempDir
    Path folder;

    @Test
    void aFolderThatIsNotThereIsNamed() {
        assertRefused(folder.resolve("nowhere"), "There is no folder ", "nowhere");
    }

    @Test
    void aFolderWithoutMetadataIsNoSavepoint() {
        assertRefused(folder, "no savepoint in ", "_metadata");
    }

    @Test
    void damagedMetadataIsRefused() throws IOException {
        Files.writeString(folder.resolve("_metadata"), "something else");

        assertRefused(folder, "cannot be read: ", "magic number");
    }

    @Test
    void metadataOfNoBytesIsRefused() throws IOException {
        Files.createFile(folder.resolve("_metadata"));

        assertRefused(folder, "cannot be read: ", "EOFException");
    }

    @Test
    void theSavepointOfAnotherJobIsRefused() throws IOException {
        OperatorState other = new OperatorState(
                "count", "count", OperatorIdentifier.forUid("count").getOperatorId(), 1, 128);
        try (OutputStream out = Files.newOutputStream(folder.resolve("_metadata"))) {
            Checkpoints.storeCheckpointMetadata(new CheckpointMetadata(1, List.of(other), List.of()), out);
        }

        assertRefused(folder, "not one of Babble", "uid learn");
    }

    private static void assertRefused(Path folder, String... message) {
        assertThatThrownBy(() -> Savepoint.in(folder))
                .isInstanceOf(SavepointException.class)
                .hasMessageContainingAll(message);
    }
}
