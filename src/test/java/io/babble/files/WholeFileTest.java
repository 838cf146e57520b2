package io.babble.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir
    Path folder;

    @Test
    void theContentMayCloseTheStream() throws IOException {
        Path file = folder.resolve("file");
        WholeFile.write(file, out -> {
            out.write('a');
            out.close();
        });

        assertThat(file).hasContent("a");
    }

    @Test
    void keepsTheOldFileWhenWritingFails() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");

        assertThatThrownBy(() -> WholeFile.write(file, out -> {
                    out.write('a');
                    throw new IOException("full");
                }))
                .hasMessage("full");
        assertThat(file).hasContent("old");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aLinkStaysAndItsFileKeepsItsMode() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
        WholeFile.write(link, out -> out.write('a'));

        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("a");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aLinkToAFileThatIsNotThereYetStays() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
        WholeFile.write(link, out -> out.write('a'));

        assertThat(link).isSymbolicLink();
        assertThat(folder.resolve("file")).hasContent("a");
    }

    @Test
    void aDeviceIsWrittenTo() throws IOException {
        Path device = Path.of("/dev/null");
        assertThat(WholeFile.writable(device)).isTrue();
        WholeFile.write(device, out -> out.write('a'));

        assertThat(Files.isRegularFile(device)).isFalse();
        assertThat(device).exists();
    }

    /** Somebody may have put a link there, to a file that only this user may write. */
    @Test
    void aLinkUnderThePartialNameIsNotFollowed() throws IOException {
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path file = folder.resolve("file");
        Files.createSymbolicLink(folder.resolve("file.partial"), victim);
        WholeFile.write(file, out -> out.write('a'));

        assertThat(victim).hasContent("precious");
        assertThat(file).hasContent("a");
    }

    @Test
    void aLinkToItselfIsRefused() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("link"));

        assertThat(WholeFile.writable(link)).isFalse();
        assertThatThrownBy(() -> WholeFile.write(link, out -> out.write('a')))
                .isInstanceOf(FileSystemLoopException.class);
    }

    @Test
    void aLinkIntoAFolderThatIsNotThereIsNotWritable() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere/file"));

        assertThat(WholeFile.writable(link)).isFalse();
    }
}
