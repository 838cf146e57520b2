package io.babble.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoveltyTest {
    @TempDir
    Path folder;

    @Test
    void aLineIsNewOnlyIfItIsNotInTheTextAndOnlyOnce() throws IOException {
        Novelty novelty = new Novelty(Files.writeString(folder.resolve("names.txt"), "Anna\n  Otto\r\nÉva"));

        assertThat(novelty.newLinesIn("An")).isEmpty();
        assertThat(novelty.newLinesIn("na\nAnno")).isEmpty();
        assertThat(novelty.newLinesIn("\n\nOtto\nÉva\nÉve\nAnno\nOt")).isEqualTo("Anno\nÉve\n");
        assertThat(novelty.lines()).isEqualTo(6);
        assertThat(novelty.newLines()).isEqualTo(2);
    }

    @Test
    void refusesAMissingFile() {
        assertThatThrownBy(() -> new Novelty(folder.resolve("none.txt")))
                .isInstanceOf(UnusableFileException.class)
                .hasMessageContaining("none.txt");
    }
}
