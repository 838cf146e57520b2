package io.babble.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
    @TempDir
    Path folder;

    @Test
    void aFolderIsLockedUntilTheLockIsClosed() {
        Path data = folder.resolve("data");
        try (FolderLock lock = FolderLock.acquire(data)) {
            assertThat(lock).isNotNull();
            assertThatIllegalStateException()
                    .isThrownBy(() -> FolderLock.acquire(data))
                    .withMessageStartingWith(data + " is in use by another process");
        }
        FolderLock.acquire(data).close();
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatIllegalStateException()
                .isThrownBy(() -> FolderLock.acquire(file.resolve("data")))
                .withMessage("Cannot write to " + file + "/data: choose another data folder");
    }

    @Test
    void aFolderOfSomebodyElseIsNeitherUsedNorDeleted() throws IOException {
        Path kafka = Files.createDirectories(folder.resolve("src/kafka"));
        Path file = Files.createFile(kafka.resolve("Producer.java"));
        assertThatIllegalStateException()
                .isThrownBy(() -> FolderLock.acquireWhole(kafka))
                .withMessage(kafka + " has files that are not Babble's: choose another data folder with --data");
        try (DataFolder data = DataFolder.open(folder.resolve("src"), Duration.ZERO, () -> {})) {
            assertThatIllegalStateException().isThrownBy(data::clear);
        }
        assertThat(file).exists();
    }

    @Test
    void aFolderOfItsOwnIsUsedAgainAndDeleted() throws IOException {
        Path kafka = folder.resolve("kafka");
        FolderLock.acquireWhole(kafka).close();
        Files.createFile(kafka.resolve("log"));
        FolderLock.acquireWhole(kafka).close();
        try (DataFolder data = DataFolder.open(folder, Duration.ZERO, () -> {})) {
            data.clear();
        }
        assertThat(kafka).doesNotExist();
    }

    @Test
    void closesTheFileWhenAnotherUserHoldsTheLock() throws IOException {
        try (FolderLock lock = FolderLock.acquire(folder);
                FileChannel second = FileChannel.open(folder.resolve("in-use.lock"), StandardOpenOption.WRITE)) {
            assertThat(lock).isNotNull();
            assertThat(FolderLock.tryLock(second)).isFalse();
            assertThat(second.isOpen()).isFalse();
        }
    }

    @Test
    void closesTheFileWhenLockingThrows() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        try (FileChannel readOnly = FileChannel.open(file, StandardOpenOption.READ)) {
            assertThatThrownBy(() -> FolderLock.tryLock(readOnly)).isInstanceOf(NonWritableChannelException.class);
            assertThat(readOnly.isOpen()).isFalse();
        }
    }
}
