package io.babble.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class PrintedTest {
    private static final String WILD = "a\033[2Jb\u0000\u009B\tc\n𝄞\r";

    @Test
    void aTerminalIsNotGivenOrders() {
        assertThat(printed(true)).isEqualTo("a\uFFFD[2Jb\uFFFD\uFFFD\tc\n𝄞\uFFFD");
    }

    @Test
    void aFileGetsTheTextAsItIs() {
        assertThat(printed(false)).isEqualTo(WILD);
    }

    private static String printed(boolean terminal) {
        StringWriter out = new StringWriter();
        assertThat(new Printed(new PrintWriter(out), terminal).print(WILD)).isTrue();
        return out.toString();
    }
}
