package io.babble.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** The next file begins where it began. */
    @Test
    void whatIsAppendedLaterIsNoPartOfTheText() throws IOException {
        Path second = Files.writeString(folder.resolve("second.txt"), "second");
        try (TextFiles text = new TextFiles(List.of(first, second))) {
            Files.writeString(first, "appended", StandardOpenOption.APPEND);

            assertThat(text.slice(0, text.size())).hasContent("first second");
        }
    }

    @Test
    void aFileThatIsTruncatedWhileItIsReadIsNamed() throws IOException {
        try (TextFiles text = new TextFiles(List.of(first))) {
            Files.writeString(first, "f");

            assertThatThrownBy(() -> text.slice(0, text.size()).readAllBytes())
                    .isInstanceOf(UnusableFileException.class)
                    .hasMessage(first + " was truncated while it was read");
        }
    }

    @ParameterizedTest
    @CsvSource({"UTF-16, UTF-16", "UTF-16LE, UTF-16LE", "UTF-16BE, UTF-16BE", "x-UTF-16LE-BOM, UTF-16"})
    void utf16IsRefusedWithTheCommandThatConvertsIt(String charset, String name) throws IOException {
        Path text = Files.write(folder.resolve("u.txt"), "Once upon a time.\n".getBytes(Charset.forName(charset)));

        assertThatThrownBy(() -> new TextFiles(List.of(text)))
                .isInstanceOf(UnusableFileException.class)
                .hasMessage(text + " is " + name + ", not UTF-8. To convert it: iconv -f " + name + " -t UTF-8 '" + text
                        + "' > FILE");
    }

    @Test
    void bytesOfAnyOtherKindAreText() throws IOException {
        for (byte[] bytes : List.of(new byte[0], new byte[1], new byte[1000], new byte[] {0, 1}, "é".getBytes(UTF_8))) {
            new TextFiles(List.of(Files.write(folder.resolve("bytes"), bytes))).close();
        }
    }

    @Test
    void moreStreamsThanBytesAreRefused() throws IOException {
        try (TextFiles text = new TextFiles(List.of(first))) {
            assertThat(text.split(6)).hasSize(6);
            assertThatThrownBy(() -> text.split(Integer.MAX_VALUE))
                    .isInstanceOf(UnusableFileException.class)
                    .hasMessageContaining("6 bytes cannot be split into 2147483647 streams");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aPipeIsReadToItsEnd() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                Files.writeString(pipe, "piped");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try (TextFiles text = new TextFiles(List.of(first, pipe))) {
            assertThat(text.slice(0, text.size())).hasContent("first piped");
        }
        writing.get();
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
