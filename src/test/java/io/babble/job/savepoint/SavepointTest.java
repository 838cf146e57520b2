package io.babble.job.savepoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
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

    @Test
    void aModelOfALaterVersionIsRefused() throws IOException {
        assertThat(Savepoint.in(golden(file -> {})).model().version()).isPositive();
        Path later = golden(
                file -> file[new String(file, StandardCharsets.ISO_8859_1).indexOf("BABBLE") + "BABBLE".length()] = 9);

        assertThatThrownBy(() -> Savepoint.in(later).model())
                .isInstanceOf(SavepointException.class)
                .hasMessageContainingAll("Unknown codec version", "expected 2 to 4, found 9");
    }

    @Test
    void aDamagedModelIsRefused() throws IOException {
        Path damaged = golden(file -> file[file.length / 2] ^= 1);

        assertThatThrownBy(() -> Savepoint.in(damaged).model())
                .isInstanceOf(SavepointException.class)
                .hasMessageContaining("expected the checksum");
    }

    /** A copy of the golden savepoint, with the file that has its model changed. */
    private Path golden(Consumer<byte[]> change) throws IOException {
        Path copy = Files.createTempDirectory(folder, "golden");
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/io/babble/job/golden/savepoint-0.1"))) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                if (!file.endsWith("_metadata")) {
                    change.accept(bytes);
                }
                Files.write(copy.resolve(file.getFileName()), bytes);
            }
        }
        return copy;
    }

    private static void assertRefused(Path folder, String... message) {
        assertThatThrownBy(() -> Savepoint.in(folder))
                .isInstanceOf(SavepointException.class)
                .hasMessageContainingAll(message);
    }
}
