package io.babble.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFilesTest {
    @TempDir
    Path folder;

    private Path first;

    @BeforeEach
    void writeFirst() throws IOException {
        first = Files.writeString(folder.resolve("first.txt"), "first ");
    }

    @Test
    void readsTheFilesAsOneText() throws IOException {
        Path second = Files.writeString(folder.resolve("second.txt"), "second");
        try (TextFiles text = new TextFiles(List.of(first, second))) {
            assertThat(text.size()).isEqualTo(12);
            assertThat(text.slice(3, 9)).hasContent("st sec");
            assertThat(OpenFiles.contains(first)).isTrue();
        }
        assertThat(OpenFiles.contains(first)).isFalse();
    }

    @Test
    void closesTheFilesThatAreOpenWhenAnotherOneIsNotReadable() throws IOException {
        assertThatThrownBy(() -> new TextFiles(List.of(first, folder)))
                .isInstanceOf(UnusableFileException.class)
                .hasMessage("Cannot read " + folder + ": it is not a file, or permission is denied");
        assertThat(OpenFiles.contains(first)).isFalse();
    }

    @Test
    void closesTheFilesThatAreOpenWhenOpeningAnotherOneFailsUnexpectedly() throws IOException {
        Path unmounted;
        try (FileSystem zip = FileSystems.newFileSystem(folder.resolve("text.zip"), Map.of("create", "true"))) {
            unmounted = Files.writeString(zip.getPath("second.txt"), "second");
        }
        assertThatThrownBy(() -> new TextFiles(List.of(first, unmounted)))
                .isInstanceOf(ClosedFileSystemException.class);
        assertThat(OpenFiles.contains(first)).isFalse();
    }
}
