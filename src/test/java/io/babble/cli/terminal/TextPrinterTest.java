package io.babble.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TextPrinterTest {
    private static final String CONTROLS = "a\033[2Jb\u0000\u009B\tc\r\n𝄞\r";

    @Test
    void replacesControlCharactersOnATerminal() {
        assertThat(printed(true)).isEqualTo("a\uFFFD[2Jb\uFFFD\uFFFD\tc\n𝄞");
    }

    @Test
    void leavesTextForAFileUnchanged() {
        assertThat(printed(false)).isEqualTo(CONTROLS);
    }

    private static String printed(boolean terminal) {
        StringWriter out = new StringWriter();
        assertThat(new TextPrinter(new PrintWriter(out), terminal).print(CONTROLS))
                .isTrue();
        return out.toString();
    }
}
