package io.babble.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectTest {
    private static final String SAVEPOINT = "src/test/resources/io/babble/job/golden/savepoint-0.1";
    private static final String MODEL =
            """
            version     4,617
            learned     14,173 symbols
            bits/byte   1.9505
            drifts      0
            rollbacks   0
            shape       V 257, E 2, H 4, L 2
            parameters  3,067
            alphabet    bytes
            optimizer   adam
            """;

    @TempDir
    Path folder;

    @Test
    void showsTheContentOfASavepoint() {
        CommandResult result = CommandResult.babble("inspect", SAVEPOINT);

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out())
                .isEqualTo(
                        MODEL
                                + """
                                accepted    15,174 bytes
                                pending     998
                                dead        3
                                unknown     0 characters
                                skipped     0 steps
                                read        golden.text-0 to offset 6 and 15,104 bytes of it
                                streams     5
                                            key/large  14,112 symbols
                                            key/early  32 symbols
                                            shared/golden.text/0/2  20 symbols
                                            key/dead  1 symbols
                                            key/cut  0 symbols
                                unfinished  2 texts
                                            long  14,925 of 100,000 characters
                                            waiting  0 of 20 characters
                                writer      version 3,128
                                """);
    }

    @Test
    void showsTheSameForAnExportedModel() {
        String file = folder.resolve("m.babble").toString();
        CommandResult exported = CommandResult.babble("export", "--savepoint", SAVEPOINT, "--to", file);

        assertThat(exported.exitCode()).as(exported.err()).isZero();
        assertThat(CommandResult.babble("inspect", file).out()).isEqualTo(MODEL);
    }
}
